"""Properties of text that a neuron may have learnt to detect: one number for each character."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Property = NDArray[np.float64]  # (T,)

WIDTHS = {" ": 1, "\t": 4}
OPENING = "([{（【《「『“‘"
CLOSING = ")]}）】》」』”’"
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
        for match in pattern.finditer(text):
            values[match.start() : match.end()] = 1
        return values

    return mark


def _each(test: Callable[[str], bool]) -> Callable[[str], Property]:
    return lambda text: np.array([float(test(character)) for character in text])


def brackets(text: str) -> Property:
    """Return the number of open brackets after each character; a closing bracket too many does not count."""
    depth = 0
    depths: list[float] = []
    for character in text:
        step = (character in OPENING) - (character in CLOSING)
        depth = max(0, depth + step)
        depths.append(float(depth))
    return np.array(depths)


def position_in_line(text: str) -> Property:
    """Return the number of characters before each one in its line."""
    return np.array([float(n - text.rfind("\n", 0, n) - 1) for n in range(len(text))])


def indentation(text: str) -> Property:
    """Return the columns of white space at the beginning of the line, up to each character; a tab is four."""
    values: list[float] = []
    columns = 0
    leading = True
    for character in text:
        if character == "\n":
            columns = 0
            leading = True
        elif character in WIDTHS and leading:
            columns += WIDTHS[character]
        else:
            leading = False
        values.append(float(columns))
    return np.array(values)


def position_in_verse(text: str) -> Property:
    """Return the position of each character in its verse, from 1; 0 for punctuation marks."""
    values = np.zeros(len(text))
    for verse in VERSE.finditer(text):
        values[verse.start() : verse.end()] = np.arange(1, len(verse[0]) + 1)
    return values


def rhyme(text: str) -> Property:
    """Return 1 for the rhyming character, the one before a full stop, and 0 for the others."""
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
    """Return the properties that are not the same for all characters of a text; those of verse for Chinese only."""
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in text) > len(text) / 2
    result: dict[str, Property] = {}
    for name, compute in PROPERTIES.items():
        if name in OF_VERSE and not chinese:
            continue
        values = compute(text)
        if len(values) and values.std() > 0:
            result[name] = values
    return result
