"""The 6-gram against closed forms and a slow reference written from the formula."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.text.quality.baselines import NGram, discounts, figures, xz_loss
from genai.text.vocabulary import Vocabulary

SIZE = 9
TEXT = np.random.default_rng(4).geometric(0.45, size=600).clip(max=SIZE - 1) - 1  # the last character never comes
MODEL = NGram(TEXT, SIZE)


def _counts(text, length, full):
    """Count each sequence: how often it came if it is a full one, else how many characters were before it."""
    places = range(len(text) - length + 1)
    came = [(tuple(text[i : i + length]), i if full else text[i - 1] if i else "beginning") for i in places]
    return Counter(sequence for sequence, _ in set(came))


def _discounts(counts):
    n1, n2, n3, n4 = (sum(count == size for count in counts.values()) for size in (1, 2, 3, 4))
    if 0 in (n1, n2, n3, n4):
        return 0, 0.5, 1, 1.5
    y = n1 / (n1 + 2 * n2)
    estimates = 0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
    return estimates if min(estimates[1:]) > 0 else (0, 0.5, 1, 1.5)


COUNTS = [_counts(TEXT.tolist(), length, length == 6) for length in range(1, 7)]
DISCOUNTS = [_discounts(counts) for counts in COUNTS]


def _reference(history, token):
    """Modified Kneser-Ney as its formula has it, one history at a time."""
    shorter = _reference(history[1:], token) if history else 1 / SIZE
    counts, discount = COUNTS[len(history)], DISCOUNTS[len(history)]
    after = [counts[(*history, other)] for other in range(SIZE)]
    if not sum(after):
        return shorter
    passed = sum(discount[min(count, 3)] for count in after)
    return (after[token] - discount[min(after[token], 3)] + passed * shorter) / sum(after)


@given(st.lists(st.integers(0, SIZE - 1), max_size=9))
@settings(max_examples=50, deadline=None)
def test_the_odds_are_those_of_the_formula_and_sum_to_one_after_any_history(history):
    odds = MODEL.next(np.array(history, dtype=np.int64))
    assert odds.sum() == pytest.approx(1, abs=1e-12)
    expected = [_reference(tuple(history[-5:]), token) for token in range(SIZE)]
    np.testing.assert_allclose(odds, expected, rtol=1e-12)


def test_the_reference_estimates_some_discounts_and_falls_back_on_others():
    assert 0 < DISCOUNTS.count((0, 0.5, 1, 1.5)) < len(DISCOUNTS) - 2


@given(st.lists(st.integers(0, 2_999), min_size=1, max_size=12), st.lists(st.integers(0, 2_999), max_size=7))
@settings(max_examples=20, deadline=None)
def test_a_large_vocabulary_and_a_tiny_text_are_no_trouble(text, history):
    odds = NGram(np.array(text), 3_000).next(np.array(history, dtype=np.int64))
    assert odds.sum() == pytest.approx(1, abs=1e-9)
    assert (odds > 0).all()


def test_a_character_that_follows_only_one_other_is_unlikely_elsewhere_however_frequent():
    # a = 0, b = 1, San = 2, Francisco = 3. Before a: the beginning, b; before b: a, Francisco; before San: b,
    # Francisco; before Francisco: San alone. 7 in all; too few for an estimate, so discounts 0.5 for 1 and 1 for 2.
    text = np.array([0, 1, 2, 3, 2, 3, 2, 3, 1, 0])
    often = NGram(text, 4, order=1).next(np.array([], dtype=np.int64))  # of the frequencies 2, 2, 3, 3 of 10
    np.testing.assert_allclose(often, [(0.5 * 2 + 0.25 * 5) / 10 + shift for shift in (0, 0, 0.05, 0.05)])
    model = NGram(text, 4, order=2)
    passed = (1 + 1 + 1 + 0.5) / 7
    other, francisco = (2 - 1) / 7 + passed / 4, (1 - 0.5) / 7 + passed / 4
    np.testing.assert_allclose(model.next(np.array([], dtype=np.int64)), [other, other, other, francisco])
    np.testing.assert_allclose(model.next(np.array([0]))[3], 0.5 * francisco)  # after a came b, once
    np.testing.assert_allclose(model.next(np.array([2]))[3], (3 - 1.5 + 1.5 * francisco) / 3)  # after San


def test_discounts_by_hand_and_where_they_cannot_be_estimated():
    counts = [1, 1, 1, 1, 2, 2, 3, 4, 9, 9]  # n1 to n4: 4, 2, 1, 1; Y = 4 / 8
    np.testing.assert_allclose(discounts(np.array(counts)), [0, 1 - 2 / 2 * 2 / 4, 2 - 3 / 2 * 1 / 2, 3 - 4 / 2])
    for too_few in ([], [1, 2, 3], [1, 1, 3, 4], [5, 5], [1, 2, 3, 3, 3, 4]):  # the last: 2 - 3 Y n3 / n2 = -1
        assert discounts(np.array(too_few, dtype=np.int64)).tolist() == [0, 0.5, 1, 1.5]


def test_the_loss_is_the_mean_surprise_over_all_but_the_first_character():
    text = np.array([3, 1, 4, 0, 2, 8, 1, 0])
    surprise = [-math.log(MODEL.next(text[:place])[text[place]]) for place in range(1, len(text))]
    assert MODEL.loss(text) == pytest.approx(sum(surprise) / 7, rel=1e-12)


def test_random_text_costs_nearly_log_v_and_no_less():
    rng = np.random.default_rng(1)
    losses = [
        NGram(rng.integers(8, size=n), 8, order=3).loss(rng.integers(8, size=30_000))
        for n in (3_000, 30_000, 300_000)
    ]
    assert math.log(8) < losses[2] < losses[1] < losses[0]
    assert losses[2] == pytest.approx(math.log(8), rel=0.01)


def test_periodic_text_costs_next_to_nothing():
    period = np.tile(np.arange(7), 2_000)
    assert NGram(period, 7).loss(period) < 1e-3


def test_two_ways_on_are_told_apart_only_by_a_history_long_enough():
    period = np.tile([0, 0, 0, 1, 0, 0, 2], 2_000)  # what follows "0 0" depends on what came before
    assert NGram(period, 3, order=5).loss(period) < 0.01
    assert NGram(period, 3, order=3).loss(period) > 0.2


def test_xz_cannot_shrink_noise_and_knows_again_what_it_has_read():
    letters = "abcdefghijklmnop"
    noise = "".join(letters[i] for i in np.random.default_rng(2).integers(16, size=50_000))
    assert xz_loss(noise) == pytest.approx(math.log(16), rel=0.1)
    assert xz_loss(noise) > math.log(16)
    assert xz_loss(noise, noise) < 0.02
    assert xz_loss("汉" * 100) == pytest.approx(
        xz_loss("abc" * 100) * 3, rel=0.2
    )  # a character, not a byte, counts


def test_the_figures_name_what_they_are():
    text = "".join("abcd"[number] for number in np.random.default_rng(3).integers(4, size=3_000))
    training, held_out, vocabulary = text[:2_000], text[2_000:], Vocabulary.of(text)
    named = figures(training, held_out, vocabulary)
    assert [figure.n for figure in named.values()] == [999, 1_000, 1_000]
    ngram = NGram(vocabulary.encode(training).numpy(), 4)
    assert named["nats_per_character_6gram"].value == ngram.loss(vocabulary.encode(held_out).numpy())
    assert named["nats_per_character_xz"].value == xz_loss(held_out)
    assert named["nats_per_character_xz_primed"].value == xz_loss(held_out, training)
    assert "6-gram (modified Kneser-Ney" in named["nats_per_character_6gram"].protocol
    assert "xz" in named["nats_per_character_xz"].protocol
