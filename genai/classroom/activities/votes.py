"""Votes counted: shares with their intervals."""

from dataclasses import dataclass
from typing import TypedDict

from genai.quality.figures import wilson_interval


class Share(TypedDict):
    """A share with its 95 % interval by Wilson's score.

    Attributes:
        count: How many.
        n: Of how many.
        share: 0 to 1; None where n is 0.
        bounds: Of the interval; None where n is 0.
    """

    count: int
    n: int
    share: float | None
    bounds: tuple[float, float] | None


def share_of(count: int, n: int) -> Share:
    """Return `count` of `n` as a share."""
    if not n:
        return {"count": 0, "n": 0, "share": None, "bounds": None}
    return {"count": count, "n": n, "share": count / n, "bounds": wilson_interval(count, n)}


@dataclass(frozen=True)
class Vote:
    """What a phone said in a round.

    Args:
        round: Number of the round, from 0.
        seat: Of the phone.
        is_right: Whether it was right.
        had_advice: Whether the phone saw what the machine said.
        advice_is_right: Whether the machine was right, seen or not.
    """

    round: int
    seat: int
    is_right: bool
    had_advice: bool
    advice_is_right: bool


def right_share(votes: list[Vote]) -> Share:
    """Return the share of votes that were right."""
    return share_of(sum(vote.is_right for vote in votes), len(votes))


class AdviceRow(TypedDict):
    """The shares right in the rounds in which the machine was right, or in those in which it was wrong.

    Attributes:
        advice_is_right: Which rounds.
        rounds: How many of them had votes.
        advised: Of the phones that saw what the machine said.
        alone: Of the others.
    """

    advice_is_right: bool
    rounds: int
    advised: Share
    alone: Share


def advice_table(votes: list[Vote]) -> list[AdviceRow]:
    """Split votes by whether the machine was right, and each part by whether the phone saw what it said."""
    rows: list[AdviceRow] = []
    for is_right in (True, False):
        of_rows = [vote for vote in votes if vote.advice_is_right is is_right]
        rows.append(
            {
                "advice_is_right": is_right,
                "rounds": len({vote.round for vote in of_rows}),
                "advised": right_share([vote for vote in of_rows if vote.had_advice]),
                "alone": right_share([vote for vote in of_rows if not vote.had_advice]),
            }
        )
    return rows


def majority_right(votes: list[Vote]) -> Share:
    """Return in how many of the rounds with votes more than half of these were right."""
    by_round: dict[int, list[bool]] = {}
    for vote in votes:
        by_round.setdefault(vote.round, []).append(vote.is_right)
    won = sum(2 * sum(of_round) > len(of_round) for of_round in by_round.values())
    return share_of(won, len(by_round))
