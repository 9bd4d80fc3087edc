"""Texts read side by side against nn.LSTM."""

import torch

from genai.seeds import make_rng
from genai.text.decoding.cpu_step import CpuStep
from genai.text.decoding.reader import PromptReader


def test_texts_read_side_by_side_stand_where_each_would_alone(network):
    texts = [torch.randint(14, (length,), generator=make_rng(length)) for length in (3, 9, 1, 9, 5)]
    shape = network.initial_state(1)[0].shape
    beginning = tuple(torch.randn(shape, generator=make_rng(seed)) for seed in (3, 4))
    together = PromptReader(CpuStep(network)).read(texts, beginning)
    for tokens, standing in zip(texts, together, strict=True):
        logits, state = network(tokens[None], beginning)
        torch.testing.assert_close(standing.logits, logits[0, -1], rtol=0, atol=1e-5)
        torch.testing.assert_close(standing.state, state, rtol=0, atol=1e-5)
