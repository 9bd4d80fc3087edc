"""Where two networks differ most on one text, and on characters of which kind."""

import re
from dataclasses import dataclass
from typing import TypedDict

from torch import Tensor

from genai.text.page.properties import CLOSING, OPENING

MOST = 12  # places listed for each network
CLEAR = 1.0
"""Nats from which one network counts as more surprised: it gave the character less than 1 / e of the other's
probability."""
FIRST_HAN = "\u4e00"
LAST_HAN = "\u9fff"
WORD = re.compile(rf"[^\W{FIRST_HAN}-{LAST_HAN}]+")
KINDS = ("capitals", "word_start", "word_rest", "rhyme", "han", "line_break", "bracket", "punctuation", "space")


class KindAnswer(TypedDict):
    """The characters of one kind.

    Attributes:
        kind: One of `KINDS`.
        count: Characters of it in the text.
        means: Mean surprise of each network, in nats.
        more: How many of them surprised each network by `CLEAR` nats more than the other.
    """

    kind: str
    count: int
    means: list[float]
    more: list[int]


@dataclass(frozen=True)
class Differences:
    """Where the surprises of two networks differ.

    Args:
        most: For each network the places where it was more surprised than the other, by how much, at most 12.
        kinds: By kind of character, of those in the text; the kind whose means differ most comes first.
    """

    most: list[list[int]]
    kinds: list[KindAnswer]


def kinds_of(text: str) -> list[str]:
    """Return the kind of each character: one of `KINDS`.

    Of words, those in capitals are a kind of their own, such as the names of who speaks in a play; of a Chinese
    text, the character before a full stop, which rhymes.
    """
    kinds = [_kind_alone(character, text[place + 1 : place + 2]) for place, character in enumerate(text)]
    for match in WORD.finditer(text):
        rest = "word_rest"
        kinds[match.start()] = "word_start"
        if len(match[0]) > 1 and match[0].isupper():
            kinds[match.start()] = rest = "capitals"
        for place in range(match.start() + 1, match.end()):
            kinds[place] = rest
    return kinds


def _kind_alone(character: str, following: str) -> str:
    """Return the kind of a character that is in no word."""
    if character == "\n":
        return "line_break"
    if character.isspace():
        return "space"
    if FIRST_HAN <= character <= LAST_HAN:
        return "rhyme" if following == "。" else "han"
    return "bracket" if character in OPENING + CLOSING else "punctuation"


def differences(text: str, first: Tensor, second: Tensor) -> Differences:
    """Compare the surprises of two networks.

    Args:
        text: T characters.
        first: (T,), of the first network, in nats.
        second: (T,), of the second one.
    """
    more = first - second
    most = [_largest(more), _largest(-more)]
    kinds = kinds_of(text)
    answers = [_kind_answer(kind, kinds, first, second) for kind in KINDS if kind in kinds]
    return Differences(most, sorted(answers, key=_mean_difference, reverse=True))


def _mean_difference(answer: KindAnswer) -> float:
    first, second = answer["means"]
    return abs(first - second)


def _largest(more: Tensor) -> list[int]:
    order = more.sort(descending=True, stable=True)
    places: list[int] = order.indices[order.values > 0][:MOST].tolist()
    return places


def _kind_answer(kind: str, kinds: list[str], first: Tensor, second: Tensor) -> KindAnswer:
    places = [place for place, other in enumerate(kinds) if other == kind]
    more = first[places] - second[places]
    return {
        "kind": kind,
        "count": len(places),
        "means": [first[places].mean().item(), second[places].mean().item()],
        "more": [int((more >= CLEAR).sum()), int((more <= -CLEAR).sum())],
    }
