"""The draw of a deck: fair, from a seed, no item twice, real and made of one class; and the machine's threshold."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai.classroom.deck.draw import Pair, best_threshold, choose, pair_up
from genai.errors import DataError
from genai.seeds import make_rng

PAIRS = [Pair(n, n + 100) for n in range(30)]


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 3), max_size=30))
def test_pairs_share_their_class_and_no_item_is_in_two(real, made):
    pairs = pair_up(real, made)
    assert all(real[pair.real] == made[pair.made] for pair in pairs)
    assert len({pair.real for pair in pairs}) == len({pair.made for pair in pairs}) == len(pairs)
    matched = Counter(real) & Counter(made)  # of each class, as many as both have
    assert len(pairs) == matched.total()


def test_the_draw_follows_from_the_seed():
    assert choose(PAIRS, 10, make_rng(5)) == choose(PAIRS, 10, make_rng(5))
    assert choose(PAIRS, 10, make_rng(5)) != choose(PAIRS, 10, make_rng(6))


def test_each_round_is_real_as_often_as_made_and_four_to_six_are_made():
    draws = [choose(PAIRS, 10, make_rng(seed)) for seed in range(400)]
    for drawn in draws:
        assert len({one.pair for one in drawn}) == 10
        assert 4 <= sum(not one.is_real for one in drawn) <= 6
    real_in_first = sum(drawn[0].is_real for drawn in draws)
    real_in_last = sum(drawn[-1].is_real for drawn in draws)
    assert all(abs(count - 200) < 40 for count in (real_in_first, real_in_last))  # four standard deviations
    shown = Counter(one.pair.real for drawn in draws for one in drawn)
    assert len(shown) == len(PAIRS)
    assert max(shown.values()) < 2 * min(shown.values())


def test_too_few_pairs():
    with pytest.raises(DataError, match="Only 9 real items"):
        choose(PAIRS[:9], 10, make_rng(0))


def test_with_advice_the_machine_errs_in_three_to_five_rounds():
    errs = [[n % 7 == 0 for n in range(30)], [n % 9 == 0 for n in range(130)]]
    for seed in range(20):
        drawn = choose(PAIRS, 10, make_rng(seed), errs)
        wrong = sum(errs[0][one.pair.real] if one.is_real else errs[1][one.pair.made] for one in drawn)
        assert 3 <= wrong <= 5


def test_a_machine_that_errs_once_errs_in_one_round():
    errs = [[n == 3 for n in range(30)], [False] * 130]
    drawn = choose(PAIRS, 10, make_rng(0), errs)
    assert [one.pair.real for one in drawn if errs[0][one.pair.real] and one.is_real] == [3]


def test_the_threshold_of_separable_scores_lies_between_them():
    threshold = best_threshold([3.0, 5.0, 4.0], [1.0, 2.0])
    assert threshold.value == 2.5
    assert (threshold.accuracy, threshold.real, threshold.made) == (1.0, 3, 2)
    assert threshold.says_real(2.6)
    assert not threshold.says_real(2.5)


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=12),
    st.lists(st.integers(-5, 5), min_size=1, max_size=12),
)
def test_no_other_threshold_separates_better(real, made):
    threshold = best_threshold(real, made)
    for value in [half / 2 for half in range(-13, 14)]:
        right = sum(score > value for score in real) / len(real) + sum(score <= value for score in made) / len(made)
        assert right / 2 <= threshold.accuracy + 1e-9


def test_equal_scores_are_separated_by_chance_alone():
    assert best_threshold([1.0, 2.0], [1.0, 2.0]).accuracy == 0.5
