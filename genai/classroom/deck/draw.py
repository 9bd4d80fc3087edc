"""The chance in a deck: which items make a pair, which of a pair is shown, and the threshold of the machine."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from genai.errors import DataError

FEWEST_MADE, MOST_MADE = 4, 6
"""Made items of ten: nobody can count down to the last one, and neither kind is rare."""
ERRORS_WANTED = (3, 5)
"""Rounds of ten in which the machine errs, where its advice is to be tested."""
TRIES = 4000


@dataclass(frozen=True)
class Pair:
    """A real and a made item that may stand for one another, by their places in the two lists."""

    real: int
    made: int


@dataclass(frozen=True)
class Choice:
    """A pair, and which of its two items is shown."""

    pair: Pair
    is_real: bool


@dataclass(frozen=True)
class Threshold:
    """Where the machine divides real from made: what scores above it, it takes for real.

    Args:
        value: The score.
        accuracy: 0 to 1, the mean of its shares right on real and on made items, on those that it was fitted to.
        real: Number of the real items among those.
        made: Number of the made ones.
    """

    value: float
    accuracy: float
    real: int
    made: int

    def says_real(self, score: float) -> bool:
        """Return whether the machine takes an item with this score for real."""
        return score > self.value


@dataclass(frozen=True)
class Candidates:
    """Items of one kind that a deck may have.

    Args:
        classes: Of each; a real and a made item of one class can be a pair.
        scores: Of each, by the machine.
    """

    classes: Sequence[Hashable]
    scores: Sequence[float]


def draw_rounds(
    real: Candidates,
    made: Candidates,
    threshold: Threshold,
    rounds: int,
    rng: torch.Generator,
    *,
    with_errors: bool,
) -> list[Choice]:
    """Pair items up and draw the rounds, as `pair_up` and `choose` do.

    Args:
        real: The real items.
        made: The made ones.
        threshold: Of the machine.
        rounds: How many.
        rng: Of the draw.
        with_errors: Whether the machine is to err in some of the rounds.

    Raises:
        DataError: if too few real items have a made one of their class.
    """
    errs = [
        [not threshold.says_real(score) for score in real.scores],
        [threshold.says_real(score) for score in made.scores],
    ]
    return choose(pair_up(real.classes, made.classes), rounds, rng, errs if with_errors else None)


def best_threshold(real: Sequence[float], made: Sequence[float]) -> Threshold:
    """Return the threshold that best separates the scores of real items, which should be higher, from made ones.

    It lies halfway between two neighbouring scores; of several that are equally good, it is the middle one.
    """
    real, made = sorted(real), sorted(made)
    scores = sorted({*real, *made})
    middles = [(low + high) / 2 for low, high in pairwise(scores)]
    candidates = [scores[0] - 1, *middles, scores[-1] + 1]
    accuracies = [_accuracy(real, made, value) for value in candidates]
    best = max(accuracies)
    equal = [value for value, one in zip(candidates, accuracies, strict=True) if math.isclose(one, best)]
    return Threshold(equal[len(equal) // 2], best, len(real), len(made))


def _accuracy(real: Sequence[float], made: Sequence[float], value: float) -> float:
    """Return the mean of the shares of real scores above a value and of made scores not above it; both sorted."""
    return (1 - bisect_right(real, value) / len(real) + bisect_right(made, value) / len(made)) / 2


def pair_up(real: Sequence[Hashable], made: Sequence[Hashable]) -> list[Pair]:
    """Pair each real item with the first made one of the same class that is in no pair yet.

    Args:
        real: The class of each real item.
        made: The class of each made item.
    """
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for place, group in enumerate(made):
        waiting[group].append(place)
    return [Pair(place, waiting[group].pop(0)) for place, group in enumerate(real) if waiting[group]]


def choose(
    pairs: Sequence[Pair],
    rounds: int,
    rng: torch.Generator,
    errs: Sequence[Sequence[bool]] | None = None,
) -> list[Choice]:
    """Draw the rounds: which pairs, in which order, and by a coin which item of each is shown.

    The draw is repeated until 4 to 6 of ten are made, and with `errs` until the machine errs in 3 to 5 of ten. A
    machine that errs too rarely for that errs as often as it did in any of the draws.

    Args:
        pairs: To draw from.
        rounds: How many.
        rng: Of the draw.
        errs: For the real items and for the made ones, whether the machine errs at each; None if that is left to
            chance.

    Raises:
        DataError: if there are too few pairs.
    """
    if len(pairs) < rounds:
        raise DataError(
            "Only {count} real items have a made one of the same class, but {needed} are needed: start again, or "
            "choose another model.",
            count=len(pairs),
            needed=rounds,
        )
    best: list[Choice] = []
    most = -1
    for _ in range(TRIES):
        drawn = _draw(pairs, rounds, rng)
        if not _is_balanced(drawn):
            continue
        if errs is None:
            return drawn
        count = sum(errs[0][one.pair.real] if one.is_real else errs[1][one.pair.made] for one in drawn)
        low, high = (wanted * rounds / 10 for wanted in ERRORS_WANTED)
        if low <= count <= high:
            return drawn
        if most < count < low:
            best, most = drawn, count
    return best or drawn


def _draw(pairs: Sequence[Pair], rounds: int, rng: torch.Generator) -> list[Choice]:
    order = torch.randperm(len(pairs), generator=rng)[:rounds].tolist()
    coins = torch.randint(2, (rounds,), generator=rng).tolist()
    return [Choice(pairs[place], bool(coin)) for place, coin in zip(order, coins, strict=True)]


def _is_balanced(drawn: Sequence[Choice]) -> bool:
    made = sum(not one.is_real for one in drawn) * 10 / len(drawn)
    return FEWEST_MADE <= made <= MOST_MADE
