"""What can be said of each character of a text, and a neuron may have learnt to tell: one number a character."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Property = NDArray[np.float64]  # (T,)

WIDTHS = {" ": 1, "\t": 4}
OPENING, CLOSING = "([{（【《「『“‘", ")]}）】》」』”’"
QUOTES = re.compile(
    r'"""[\s\S]*?(?:"""|\Z)'  # over several lines, as in Python
    r"|'''[\s\S]*?(?:'''|\Z)"
    r'|"[^"\n]*(?:"|$)'
    r"|“[^”]*(?:”|\Z)"
    r"|(?<!\w)'[^'\n]*(?:'(?!\w)|$)",  # not the apostrophe in don't
    re.MULTILINE,
)
SPEAKER = re.compile(r"^[A-Z][A-Za-z ,'&-]{1,40}:$", re.MULTILINE)
VERSE = re.compile(r"[^，。？！、；：\n]+")


def _marked(pattern: re.Pattern[str]) -> Callable[[str], Property]:
    def mark(text: str) -> Property:
        values = np.zeros(len(text))
        for found in pattern.finditer(text):
            values[found.start() : found.end()] = 1
        return values

    return mark


def _each(test: Callable[[str], bool]) -> Callable[[str], Property]:
    return lambda text: np.array([float(test(character)) for character in text])


def brackets(text: str) -> Property:
    """How many brackets are open after each character."""
    steps = [(c in OPENING) - (c in CLOSING) for c in text]
    depth, depths = 0, []
    for step in steps:
        depth = max(0, depth + step)
        depths.append(float(depth))
    return np.array(depths)


def position_in_line(text: str) -> Property:
    """How many characters stand before each one in its line."""
    return np.array([float(n - text.rfind("\n", 0, n) - 1) for n in range(len(text))])


def indentation(text: str) -> Property:
    """How many columns of white space each character's line began with, as far as it was read; a tab is four."""
    values, columns, leading = [], 0, True
    for character in text:
        if character == "\n":
            columns, leading = 0, True
        elif character in WIDTHS and leading:
            columns += WIDTHS[character]
        else:
            leading = False
        values.append(float(columns))
    return np.array(values)


def position_in_verse(text: str) -> Property:
    """The number of each character in its line of verse, from 1; 0 for marks."""
    values = np.zeros(len(text))
    for verse in VERSE.finditer(text):
        values[verse.start() : verse.end()] = np.arange(1, len(verse[0]) + 1)
    return values


def rhyme(text: str) -> Property:
    """1 where a rhyme stands: before a full stop."""
    return np.array([float(after == "。") for after in text[1:]] + [0.0] * bool(text))


PROPERTIES: Mapping[str, Callable[[str], Property]] = {
    "quotes": _marked(QUOTES),
    "brackets": brackets,
    "position_in_line": position_in_line,
    "line_start": lambda text: (position_in_line(text) == 0).astype(float),
    "upper_case": _each(str.isupper),
    "speaker": _marked(SPEAKER),
    "digit": _each(str.isdigit),
    "space": _each(str.isspace),
    "indentation": indentation,
    "position_in_verse": position_in_verse,
    "rhyme": rhyme,
}
OF_VERSE = {"position_in_verse", "rhyme"}


def of(text: str) -> dict[str, Property]:
    """Return all properties that differ from character to character of a text; those of verse for Chinese only."""
    verse = sum("\u4e00" <= c <= "\u9fff" for c in text) > len(text) / 2
    found = {name: tell(text) for name, tell in PROPERTIES.items() if verse or name not in OF_VERSE}
    return {name: values for name, values in found.items() if len(values) and values.std() > 0}
