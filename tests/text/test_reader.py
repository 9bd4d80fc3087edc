"""Texts read side by side against nn.LSTM."""

import torch

from genai.randomness import generator
from genai.text.reader import Reader
from genai.text.stepper import Stepper


def test_texts_read_side_by_side_stand_where_each_would_alone(network):
    texts = [torch.randint(14, (length,), generator=generator(length)) for length in (3, 9, 1, 9, 5)]
    shape = network.initial_state(1)[0].shape
    beginning = tuple(torch.randn(shape, generator=generator(seed)) for seed in (3, 4))
    together = Reader(Stepper(network)).read(texts, beginning)
    for tokens, standing in zip(texts, together, strict=True):
        logits, state = network(tokens[None], beginning)
        torch.testing.assert_close(standing.logits, logits[0, -1], rtol=0, atol=1e-5)
        torch.testing.assert_close(standing.state, state, rtol=0, atol=1e-5)
