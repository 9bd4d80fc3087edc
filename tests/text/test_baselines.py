"""The 6-gram against closed forms and a slow reference written from the formula."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai.text.baselines import NGram, figures, xz_loss
from genai.text.vocabulary import Vocabulary

SIZE = 5
TEXT = np.random.default_rng(0).integers(SIZE - 1, size=300)  # the last character never comes
MODEL = NGram(TEXT, SIZE)


def _reference(text, history, token, size):
    """Witten-Bell as its formula has it, one history at a time."""
    after = Counter(
        text[i + len(history)]
        for i in range(len(text) - len(history))
        if tuple(text[i : i + len(history)]) == tuple(history)
    )
    shorter = _reference(text, history[1:], token, size) if len(history) else 1 / size
    if not after:
        return shorter
    return (after[token] + len(after) * shorter) / (after.total() + len(after))


@given(st.lists(st.integers(0, SIZE - 1), max_size=9))
@settings(max_examples=50, deadline=None)
def test_the_odds_are_those_of_the_formula_and_sum_to_one_after_any_history(history):
    odds = MODEL.next(np.array(history, dtype=np.int64))
    assert odds.sum() == pytest.approx(1, abs=1e-12)
    text = TEXT.tolist()
    expected = [_reference(text, history[-5:], token, SIZE) for token in range(SIZE)]
    np.testing.assert_allclose(odds, expected, rtol=1e-12)


@given(st.lists(st.integers(0, 2_999), min_size=1, max_size=12), st.lists(st.integers(0, 2_999), max_size=7))
@settings(max_examples=20, deadline=None)
def test_a_large_vocabulary_and_a_tiny_text_are_no_trouble(text, history):
    odds = NGram(np.array(text), 3_000).next(np.array(history, dtype=np.int64))
    assert odds.sum() == pytest.approx(1, abs=1e-9)
    assert (odds > 0).all()


def test_two_characters_by_hand():
    model = NGram(np.array([0, 1, 0, 0]), 2, order=2)  # 0 came 3 times of 4; after 0: 1 and 0
    zero = (3 + 2 / 2) / (4 + 2)
    np.testing.assert_allclose(model.next(np.array([], dtype=np.int64)), [zero, 1 - zero])
    np.testing.assert_allclose(model.next(np.array([0]))[0], (1 + 2 * zero) / (2 + 2))
    np.testing.assert_allclose(model.next(np.array([1]))[0], (1 + 1 * zero) / (1 + 1))


def test_the_loss_is_the_mean_surprise_over_all_but_the_first_character():
    text = np.array([3, 1, 4, 0, 2, 2, 1, 0])
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
    assert "6-gram" in named["nats_per_character_6gram"].protocol
