"""Passages of a text for a deck: whole lines, of a length that real and made ones share.

Real ones are of the validation part, which the model has never read: 400 of each text are in `passages.json`, since
the texts themselves need not be on this machine. `python -m genai.classroom.deck.passages` writes that file.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import torch

from genai.atomic_write import atomic_write
from genai.classroom.fitness import is_fit
from genai.errors import ConfigError, exit_with_sentence
from genai.seeds import make_rng
from genai.text import data

FILE = Path(__file__).with_name("passages.json")
COUNT = 400
STEP = 8
"""Characters: a real and a made passage in the same step are of one length."""
QUATRAINS = (24, 32)
"""Characters of four verses of five or seven, with their signs."""
PLAY_LINES, CODE_LINES = 2, 3
PLAY_RANGE, CODE_RANGE = (24, 64), (8, 72)
"""Characters of a line."""


def quatrains(text: str) -> Iterator[str]:
    """Return the poems of four verses in a text with one poem a line."""
    return (line for line in text.split("\n") if len(line) in QUATRAINS)


def play_lines(text: str) -> Iterator[str]:
    """Return pairs of lines that one person says; no line is in two of them."""
    return _runs(text, PLAY_LINES, lambda line: _has(line, PLAY_RANGE) and not line.endswith(":"))


def code_lines(text: str) -> Iterator[str]:
    """Return runs of three lines of code, indented by tabs; no line is in two of them."""
    return _runs(text, CODE_LINES, lambda line: _has(line, CODE_RANGE) and not line.lstrip().startswith("#"))


PASSAGES: dict[str, Callable[[str], Iterator[str]]] = {
    "shakespeare": play_lines,
    "python": code_lines,
    "tang": quatrains,
}
"""How a text is cut, by the name of the data set."""


def length_of(passage: str) -> int:
    """Return the class of a passage: its length in steps of 8 characters."""
    return len(passage) // STEP


def cutter(data_set: str) -> Callable[[str], Iterator[str]]:
    """Return how a text, real or generated, is cut into passages that are fit for a class.

    Raises:
        ConfigError: if there are no real passages of the data set.
    """
    if data_set not in PASSAGES:
        raise ConfigError(
            "There are no real passages of {name}: choose a model of one of {known}.",
            name=data_set,
            known=", ".join(PASSAGES),
        )
    cut = PASSAGES[data_set]
    return lambda text: filter(is_fit, cut(text))


@cache
def real_passages(data_set: str) -> list[str]:
    """Return the real passages of a data set.

    Raises:
        ConfigError: if there are none.
    """
    cutter(data_set)
    passages: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return passages[data_set]


def _has(line: str, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= len(line.strip()) <= bounds[1]


def _runs(text: str, count: int, is_fit: Callable[[str], bool]) -> Iterator[str]:
    """Return runs of so many fitting lines; the first and the last line may be cut, and do not fit."""
    run: list[str] = []
    for line in text.split("\n")[1:-1]:
        run = [*run, line] if is_fit(line) else []
        if len(run) == count:
            yield "\n".join(run)
            run = []


def main() -> None:
    """Write the real passages of all texts."""
    chosen = {}
    for name in PASSAGES:
        found = list(dict.fromkeys(cutter(name)(data.load(name).validation)))
        order = torch.randperm(len(found), generator=make_rng(0)).tolist()[:COUNT]
        chosen[name] = [found[place] for place in order]
    with atomic_write(FILE) as path:
        path.write_text(json.dumps(chosen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with exit_with_sentence():
        main()
