"""The fast step against nn.LSTM."""

import pytest
import torch

from genai.randomness import generator
from genai.text.stepper import Stepper, product


def test_stepping_equals_reading_at_once(network):
    tokens = torch.randint(14, (3, 20), generator=generator(1))
    expected, end = network(tokens)
    stepper, (hidden, cell) = Stepper(network), network.initial_state(3)
    for place in range(20):
        logits, hidden, cell = stepper(tokens[:, place], list(hidden), list(cell))
        torch.testing.assert_close(logits, expected[:, place], rtol=0, atol=1e-5)
    torch.testing.assert_close((torch.stack(hidden), torch.stack(cell)), end, rtol=0, atol=1e-5)


@pytest.mark.parametrize("halved", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 33])
def test_a_product_is_the_same_however_its_weights_are_kept(rows, halved):
    rng = generator(2)
    weight, bias, x = (torch.randn(*shape, generator=rng) for shape in ((40, 24), (40,), (rows, 24)))
    weight = weight.half().float() if halved else weight
    torch.testing.assert_close(product(weight, bias)(x), torch.nn.functional.linear(x, weight, bias))
    torch.testing.assert_close(product(weight)(x), x @ weight.T)
