"""The probabilities of the next character against closed forms, and samples against them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.seeds import make_rng
from genai.text.decoding.odds import SamplingDistribution
from genai.text.request import TextRequest


def _odds(logits, temperature=1.0, top_k=0, top_p=1.0, typical_p=1.0):
    """Probabilities by character number."""
    row = torch.tensor([logits])
    request = TextRequest(temperature=temperature, top_k=top_k, top_p=top_p, typical_p=typical_p)
    ordered, characters = SamplingDistribution.of([request]).probabilities(row)
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


# Of characters with probabilities .6, .2, .1 and .1 the expected surprise is 1.09 nats, and their own surprises are
# .51, 1.61, 2.30 and 2.30: the second is nearest to it, then the first.
UNEVEN = torch.tensor([0.6, 0.2, 0.1, 0.1]).log().tolist()


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.15, [0, 1, 0, 0]),
        (0.25, [3 / 4, 1 / 4, 0, 0]),
        (0.85, [6 / 9, 2 / 9, 1 / 9, 0]),
        (1, [0.6, 0.2, 0.1, 0.1]),
    ],
)
def test_the_typical_are_those_with_the_expected_surprise(p, expected):
    torch.testing.assert_close(_odds(UNEVEN, typical_p=p), torch.tensor(expected, dtype=torch.float64))


def test_a_temperature_acts_on_the_typical_and_does_not_change_which_they_are():
    assert _odds(UNEVEN, typical_p=0.15, temperature=0).tolist() == [0, 1, 0, 0]
    torch.testing.assert_close(_odds(UNEVEN, 0.5, typical_p=0.25)[:2], torch.tensor([0.9, 0.1]).double())


def test_top_k_and_the_nucleus_count_the_typical_only():
    assert _odds(UNEVEN, typical_p=0.15, top_k=1).tolist() == [0, 1, 0, 0]
    assert _odds(UNEVEN, typical_p=0.25, top_p=0.7).tolist() == [1, 0, 0, 0]
    torch.testing.assert_close(_odds(UNEVEN, typical_p=0.85, top_k=2)[:2], torch.tensor([0.75, 0.25]).double())


@given(LOGITS, st.floats(0.01, 0.999))
def test_the_typical_are_the_nearest_to_the_entropy_and_no_more_than_needed(logits, p):
    exact = torch.tensor(logits).double().softmax(0)
    entropy = torch.special.entr(exact).sum()
    distances = (-exact.log() - entropy).abs()
    kept = _odds(logits, typical_p=p) > 0
    assert exact[kept].sum() >= p - 1e-9
    if not kept.all():
        assert distances[kept].max() <= distances[~kept].min() + 1e-6
    if kept.sum() > 1:
        farthest = exact[kept][distances[kept].argmax()]
        assert exact[kept].sum() - farthest < p + 1e-9


def test_each_row_has_its_own_settings():
    logits = torch.tensor([[1.0, 2.0, 3.0]]).expand(4, 3)
    distribution = SamplingDistribution.of(
        [
            TextRequest(temperature=1.0),
            TextRequest(temperature=0),
            TextRequest(temperature=1.0, top_k=2),
            TextRequest(temperature=1.0, typical_p=0.5),
        ]
    )
    odds, _ = distribution.probabilities(logits)
    assert [(row > 0).sum().item() for row in odds] == [3, 1, 2, 1]


def test_a_throw_lands_where_the_likeliest_first_sum_passes_it():
    logits = torch.tensor([[0.1, 0.6, 0.3]]).log().expand(6, 3)
    distribution = SamplingDistribution.of([TextRequest(temperature=1.0)] * 6)
    uniforms = torch.tensor([[0.0], [0.59], [0.61], [0.89], [0.91], [1 - 1e-16]], dtype=torch.float64)
    assert distribution.sample(logits, uniforms).tolist() == [1, 1, 2, 2, 0, 0]


def test_what_was_ruled_out_is_never_thrown():
    logits = torch.randn(500, 12, generator=make_rng(1))
    distribution = SamplingDistribution.of([TextRequest(temperature=1.5, top_k=3)] * 500)
    uniforms = torch.rand(500, 1, generator=make_rng(2), dtype=torch.float64)
    best = logits.topk(3).indices
    chosen = distribution.sample(logits, uniforms)
    assert (best == chosen[:, None]).any(dim=1).all()
    assert len({(row == number).nonzero().item() for row, number in zip(best, chosen, strict=True)}) == 3
    distribution = SamplingDistribution.of([TextRequest(temperature=1.5, typical_p=0.3)] * 500)
    odds, characters = distribution.probabilities(logits)
    chosen = distribution.sample(logits, uniforms)
    assert (odds[characters == chosen[:, None]] > 0).all()
    assert (chosen != logits.argmax(dim=1)).any()
