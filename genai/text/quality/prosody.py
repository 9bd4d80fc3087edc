"""Rhymes, tones and favourite words of Tang poems, by the table of rhyme groups in rhymes.csv.

The rules are those of regulated verse as in Wang Li, 《诗词格律》 (1977), chapter 2: the tone of a verse alternates
at its 2nd, 4th and 6th character; a couplet's verses are opposite (对); the next couplet takes up the tone of the
last verse (粘); even verses end in a level tone and rhyme; odd ones but the first end in an oblique tone.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch

from genai.seeds import make_rng

TABLE = Path(__file__).with_name("rhymes.csv")
MARKS = "，。"
FAVOURITES = 20
"""Pairs of characters whose frequencies are compared."""


class Readings(NamedTuple):
    """The rhyme groups of a character, by their rows in the table, and whether it can be level, or oblique."""

    groups: frozenset[int]
    level: bool
    oblique: bool


class Favourite(NamedTuple):
    """A pair of characters, and its frequency over that in the training text."""

    pair: str
    ratio: float


@cache
def readings() -> dict[str, Readings]:
    """Return the readings of each character in the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    groups: dict[str, set[int]] = {}
    for number, (_, _, characters) in enumerate(rows):
        for character in characters:
            groups.setdefault(character, set()).add(number)
    tones = [tone for tone, _, _ in rows]
    return {
        character: Readings(
            frozenset(numbers),
            any(tones[number] == "level" for number in numbers),
            any(tones[number] != "level" for number in numbers),
        )
        for character, numbers in groups.items()
    }


def rhymes(poem: Sequence[str]) -> bool | None:
    """Return whether the even verses end in different characters that all have a reading in one group.

    Args:
        poem: Its verses.

    Returns:
        None if one of those characters is not in the table.
    """
    table = readings()
    ends = [verse[-1] for verse in poem[1::2]]
    if not ends or any(end not in table for end in ends):
        return None
    return len(set(ends)) == len(ends) and bool(frozenset.intersection(*(table[end].groups for end in ends)))


def alternates(verse: str) -> bool | None:
    """Return whether a verse's tones alternate at its 2nd, 4th and, of seven, 6th character.

    Returns:
        None if one of those characters is not in the table.
    """
    return _fits([(verse[place], (place // 2) % 2 == 0) for place in range(1, len(verse) - 1, 2)])


def is_regulated(poem: Sequence[str]) -> bool | None:
    """Return whether a poem keeps all rules of tone; its rhymes are another matter.

    Args:
        poem: Its verses.

    Returns:
        None if a character at one of the places is not in the table.
    """
    places: list[tuple[str, bool]] = []
    ends: list[tuple[str, bool]] = []
    for number, verse in enumerate(poem):
        same = number % 4 in {0, 3}  # whether the verse begins as the first one does
        places += [(verse[place], same == ((place // 2) % 2 == 0)) for place in range(1, len(verse) - 1, 2)]
        if number > 0:
            ends.append((verse[-1], number % 2 == 1))
    ends_fit = _fits(ends, either_way=False)
    inside_fits = _fits(places)
    return None if ends_fit is None or inside_fits is None else ends_fit and inside_fits


def _fits(tones: Iterable[tuple[str, bool]], *, either_way: bool = True) -> bool | None:
    """Return whether characters can have given tones, level where true; either way: these or the opposite ones."""
    table = readings()
    wanted = list(tones)
    if any(character not in table for character, _ in wanted):
        return None
    ways = (True, False) if either_way else (True,)
    return any(
        all(table[character].level if level == way else table[character].oblique for character, level in wanted)
        for way in ways
    )


def pairs(verses: Iterable[str]) -> Counter[str]:
    """Count the pairs of neighbouring characters within verses."""
    return Counter(verse[n : n + 2] for verse in verses for n in range(len(verse) - 1))


def favourites(generated: Counter[str], training: Counter[str], count: int = FAVOURITES) -> list[Favourite]:
    """Compare the most frequent pairs of generated verses with the training text, the most overused first.

    Args:
        generated: Counts of pairs.
        training: The same; a pair that it lacks counts as once.
        count: How many of the most frequent pairs of the generated verses are compared.
    """
    if not generated:
        return []
    found = [Favourite(pair, ratio(pair, generated, training)) for pair, _ in generated.most_common(count)]
    return sorted(found, key=lambda favourite: favourite.ratio, reverse=True)


def ratio(pair: str, generated: Counter[str], training: Counter[str]) -> float:
    """Return the frequency of a pair of characters over that in the training text."""
    share = generated[pair] / max(1, generated.total())
    return share / (max(1, training[pair]) / max(1, training.total()))


def shuffle(poems: Sequence[str]) -> list[str]:
    """Deal the characters of poems out anew (seed 0), the marks in their places: tones and rhymes by chance."""
    characters = [character for poem in poems for character in poem if character not in MARKS]
    order = torch.randperm(len(characters), generator=make_rng(0)).tolist()
    dealt = iter(characters[n] for n in order)
    return ["".join(one if one in MARKS else next(dealt) for one in poem) for poem in poems]
