"""The characters of a text model and their numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from genai.errors import UnknownCharactersError

MAX_LISTED = 120  # characters listed in an error; a Chinese vocabulary has thousands


@dataclass(frozen=True)
class Vocabulary:
    """A one-to-one map between characters and the numbers 0 to len - 1.

    Args:
        characters: Every character once; its index is its number.
    """

    characters: str
    _number: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_number", {c: i for i, c in enumerate(self.characters)})

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """Return the vocabulary of a text, in the order of code points."""
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.characters)

    def unknown(self, text: str) -> str:
        """Return the characters of a text that are not in the vocabulary, each once, in order of appearance."""
        return "".join(dict.fromkeys(c for c in text if c not in self._number))

    def encode(self, text: str) -> Tensor:
        """Convert text to numbers, int64 (len(text),).

        Raises:
            UnknownCharactersError: if a character is not in the vocabulary.
        """
        unknown = self.unknown(text)
        if unknown:
            raise UnknownCharactersError(
                "This model has never seen {unknown}. It knows these {count} characters: {known}. "
                "Remove the others from the text, or choose another model.",
                unknown=_quote_each(unknown),
                count=len(self),
                known=_list_printable(self.characters),
            )
        return torch.tensor([self._number[c] for c in text], dtype=torch.int64)

    def decode(self, numbers: Tensor | Sequence[int]) -> str:
        """Convert numbers to text."""
        values: Iterable[int] = numbers.tolist() if isinstance(numbers, Tensor) else numbers
        return "".join(self.characters[n] for n in values)


def _quote_each(characters: str) -> str:
    shown = " ".join(repr(c) for c in characters[:MAX_LISTED])
    return shown if len(characters) <= MAX_LISTED else f"{shown} …"


def _list_printable(characters: str) -> str:
    printable = "".join(c for c in characters if c.isprintable() and not c.isspace())
    return printable if len(printable) <= MAX_LISTED else f"{printable[:MAX_LISTED]} …"
