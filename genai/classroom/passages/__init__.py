"""Held-out passages of which a class guesses the next letter, with what a 3-gram model gives to each letter.

No text model was trained on them: they are from the part of its text that is kept for its figures. The training
text is not shipped, so the odds of the 3-gram model were counted from it when the passages were written, by
`python -m genai.classroom.passages.make`. What an LSTM gives is computed by the LSTM itself.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genai.errors import ConfigError, quoted

FOLDER = Path(__file__).parent
NAMES = ("shakespeare", "tang")
MARK = "."
"""The key of Latin text that stands for everything but letters and spaces: marks, figures, a new line."""
LATIN_KEYS = "abcdefghijklmnopqrstuvwxyz " + MARK


@dataclass(frozen=True)
class Letter:
    """A letter to be guessed.

    Args:
        place: Its index in the passage.
        keys: The K keys to choose from, in an order that does not depend on the letter.
        trigram: The probability of each key by the 3-gram model; they sum to 1.
    """

    place: int
    keys: str
    trigram: list[float]


@dataclass(frozen=True)
class Passage:
    """A text and the letters in it that are guessed one after another.

    Args:
        text: The text, as the models read it.
        letters: In the order of the text.
    """

    text: str
    letters: list[Letter]

    def key_of(self, letter: Letter) -> str:
        """Return the key of a letter of this passage."""
        return key_of(self.text[letter.place], letter.keys)


@dataclass(frozen=True)
class Passages:
    """The passages of one text.

    Args:
        model: The name of the text model that did not see them.
        chosen: Whether the keys are a choice of characters, on which the probabilities are conditioned; otherwise
            the keys are all there is, and the probabilities of the characters that share a key are summed.
        passages: At least one.
    """

    model: str
    chosen: bool
    passages: list[Passage]


def key_of(character: str, keys: str) -> str:
    """Return the key for a character: itself, its small letter, or the mark.

    Args:
        character: Any character.
        keys: `LATIN_KEYS`, or a choice that contains the character.
    """
    if character in keys:
        return character
    small = character.lower()
    return small if small in keys else MARK


def load(name: object) -> Passages:
    """Return the passages of a text.

    Raises:
        ConfigError: if there are none of this name.
    """
    if not isinstance(name, str) or name not in NAMES:
        raise ConfigError(
            "Text {value} has no passages to guess: choose one of {allowed}.",
            value=quoted(name),
            allowed=", ".join(NAMES),
        )
    return _read(name)


@cache
def _read(name: str) -> Passages:
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    passages = [Passage(one["text"], [Letter(**letter) for letter in one["letters"]]) for one in data["passages"]]
    return Passages(data["model"], data["chosen"], passages)


def to_json(passages: Passages) -> str:
    """Return the content of a file that `load` reads."""
    return json.dumps(asdict(passages), ensure_ascii=False, separators=(",", ":")) + "\n"
