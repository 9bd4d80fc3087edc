"""The fast step against nn.LSTM, and the odds against closed forms."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.randomness import generator
from genai.text.stepper import Stepper, probabilities


def test_stepping_equals_reading_at_once(network):
    tokens = torch.randint(14, (3, 20), generator=generator(1))
    expected, end = network(tokens)
    stepper, state = Stepper(network), network.initial_state(3)
    for place in range(20):
        logits, state = stepper.step(tokens[:, place], state)
        torch.testing.assert_close(logits, expected[:, place], rtol=0, atol=1e-5)
    torch.testing.assert_close(state, end, rtol=0, atol=1e-5)


def _odds(logits, temperature=1.0, top_k=0, top_p=1.0):
    """Probabilities by character number."""
    row = torch.tensor([logits])
    settings = (torch.tensor([temperature], dtype=torch.float64), torch.tensor([top_k]))
    ordered, characters = probabilities(row, *settings, torch.tensor([top_p], dtype=torch.float64))
    return torch.zeros(len(logits), dtype=torch.float64).scatter(0, characters[0], ordered[0])


LOGITS = st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=12)


@given(LOGITS, st.floats(0.1, 5))
def test_temperature_divides_the_logits(logits, temperature):
    expected = (torch.tensor(logits).double() / temperature).softmax(0)
    torch.testing.assert_close(_odds(logits, temperature), expected)


@given(LOGITS)
def test_temperature_zero_is_the_likeliest(logits):
    odds = _odds(logits, 0.0)
    assert odds.max() == 1
    assert logits[int(odds.argmax())] == max(logits)


@given(LOGITS, st.integers(1, 15))
def test_top_k_keeps_k_and_renormalises(logits, k):
    odds = _odds(logits, top_k=k)
    kept = sorted(range(len(logits)), key=lambda i: -logits[i])[:k]
    exact = torch.tensor(logits).double().softmax(0)
    assert (odds > 0).sum() == min(k, len(logits))
    assert sum(logits[i] for i in kept) == pytest.approx(sum(x for x, p in zip(logits, odds, strict=True) if p > 0))
    torch.testing.assert_close(odds.sum(), torch.tensor(1.0, dtype=torch.float64))
    first = int(odds.argmax())
    assert odds[first] >= exact[first] - 1e-12


@given(LOGITS, st.floats(0.01, 1))
def test_the_nucleus_is_the_smallest_set_with_its_probability(logits, p):
    exact = torch.tensor(logits).double().softmax(0)
    kept = _odds(logits, top_p=p) > 0
    assert exact[kept].sum() >= p - 1e-9
    if kept.sum() > 1:
        smallest = exact[kept].min()
        assert exact[kept].sum() - smallest < p + 1e-9


def test_each_row_has_its_own_settings():
    logits = torch.tensor([[1.0, 2.0, 3.0]]).expand(3, 3)
    odds, _ = probabilities(
        logits, torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0, 0, 2]), torch.tensor([1.0, 1.0, 1.0])
    )
    assert [(row > 0).sum().item() for row in odds] == [3, 1, 2]
