"""Which instruments suit a model, by the names of its classes."""

import re

from genai.labels import Labels

DRUMS = {"kick", "snare", "hat", "tom", "cymbal", "percussion", "clap", "底鼓", "军鼓", "踩镲", "嗵鼓", "镲片"}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = re.compile(r"([A-G])(#|b)?(-?\d)( \(\d+\))?")
FEWEST_KEYS = 5  # of a keyboard
FEWEST_DRUMS = 2


def key_of(name: str) -> int | None:
    """Return the MIDI key that a class is named after, such as 69 for "A4" or "A4 (69)"; None if it is no note."""
    match = NOTE.fullmatch(name)
    if match is None:
        return None
    shift = {"#": 1, "b": -1, None: 0}[match[2]]
    return 12 * (int(match[3]) + 1) + SEMITONES[match[1]] + shift


def digit_of(name: str) -> int | None:
    """Return the digit that a class is named after, such as 7 for "7" or "seven"; None if it is none."""
    word = name.casefold()
    if word in DIGITS:
        return DIGITS.index(word)
    return int(word) if len(word) == 1 and word.isascii() and word.isdecimal() else None


def is_drum(names: dict[str, str]) -> bool:
    """Return whether a class is a drum, by its name in any language."""
    return any(name.casefold() in DRUMS for name in names.values())


def suited(labels: Labels) -> list[str]:
    """Return the instruments that suit a model: grid and compare always, keys, drums and number by the labels."""
    names = [name["en"] for name in labels.names]
    keys = {key_of(name) for name in names} - {None}
    digits = {digit_of(name) for name in names} - {None}
    drums = [name for name in labels.names if is_drum(name)]
    return [
        "grid",
        *(["keys"] if len(keys) >= FEWEST_KEYS else []),
        *(["drums"] if len(drums) >= FEWEST_DRUMS else []),
        *(["number"] if len(digits) == len(DIGITS) else []),
        "compare",
    ]
