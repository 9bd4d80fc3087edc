"""The fast step against nn.LSTM."""

import copy

import pytest
import torch

from genai.seeds import make_rng
from genai.text.decoding.cpu_step import CpuStep, product
from genai.text.decoding.gpu_step import GpuStep


@pytest.mark.parametrize(
    ("kind", "halved", "tolerance"), [(CpuStep, False, 1e-5), (GpuStep, False, 1e-5), (GpuStep, True, 1e-3)]
)
def test_stepping_equals_reading_at_once(network, kind, halved, tolerance):
    network = copy.deepcopy(network).half().float() if halved else network
    tokens = torch.randint(14, (3, 20), generator=make_rng(1))
    expected, end = network(tokens)
    stepper, (hidden, cell) = kind(network), network.initial_state(3)
    for place in range(20):
        logits, hidden, cell = stepper(tokens[:, place], list(hidden), list(cell))
        torch.testing.assert_close(logits, expected[:, place], rtol=0, atol=tolerance)
    assert hidden[0].dtype == (torch.float16 if halved else torch.float32)
    end_of_steps = torch.stack(hidden).float(), torch.stack(cell)
    torch.testing.assert_close(end_of_steps, end, rtol=0, atol=tolerance)


@pytest.mark.parametrize("halved", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 33])
def test_a_product_is_the_same_however_its_weights_are_kept(rows, halved):
    rng = make_rng(2)
    weight, bias, x = (torch.randn(*shape, generator=rng) for shape in ((40, 24), (40,), (rows, 24)))
    weight = weight.half().float() if halved else weight
    torch.testing.assert_close(product(weight, bias)(x), torch.nn.functional.linear(x, weight, bias))
    torch.testing.assert_close(product(weight)(x), x @ weight.T)


def test_without_nvidias_library_nothing_is_rounded(network, monkeypatch):
    halved = copy.deepcopy(network).half().float()
    assert GpuStep(halved).dtype == torch.float16
    monkeypatch.setattr(torch.version, "hip", "7.0")
    assert GpuStep(halved).dtype == torch.float32
