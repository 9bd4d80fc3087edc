"""Shares of votes, the effect of advice, and the vote of the majority."""

import pytest

from genai.classroom.activities.votes import Vote, advice_table, majority_right, right_share, share_of
from genai.quality.figures import wilson_interval


def votes_of(*rows):
    return [Vote(*row) for row in rows]


def test_a_share_has_the_interval_of_wilson():
    assert share_of(3, 4) == {"count": 3, "n": 4, "share": 0.75, "bounds": wilson_interval(3, 4)}


def test_no_votes_have_no_share():
    assert share_of(0, 0)["share"] is None
    assert right_share([])["bounds"] is None


def test_each_vote_is_in_one_cell_of_the_advice_table():
    votes = votes_of(
        (0, 0, True, True, True),
        (0, 1, False, False, True),
        (1, 0, False, True, False),
        (1, 1, True, False, False),
        (1, 2, False, True, False),
        (2, 0, True, True, False),
    )
    right, wrong = advice_table(votes)
    assert [row["advice_is_right"] for row in (right, wrong)] == [True, False]
    assert [row["rounds"] for row in (right, wrong)] == [1, 2]
    cells = [right["advised"], right["alone"], wrong["advised"], wrong["alone"]]
    assert [(cell["count"], cell["n"]) for cell in cells] == [(1, 1), (0, 1), (1, 3), (1, 1)]
    assert sum(cell["n"] for cell in cells) == len(votes)


@pytest.mark.parametrize(("right", "won"), [((True, True, False), 1), ((True, False), 0), ((False,), 0)])
def test_the_majority_is_right_with_more_than_half_of_the_votes(right, won):
    votes = votes_of(*((0, seat, one, False, True) for seat, one in enumerate(right)))
    assert majority_right(votes)["count"] == won
    assert majority_right(votes)["n"] == 1
