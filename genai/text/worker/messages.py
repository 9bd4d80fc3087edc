"""What the page and a worker send each other, pickled one after another into a pipe.

Both ends are this program, and the pipe belongs to them alone.
"""

from dataclasses import dataclass

from genai.text.decoding.reader import ModelState
from genai.text.request import TextRequest


@dataclass(frozen=True)
class Write:
    """Page to worker: write a text with a model, named by its checkpoint."""

    number: int
    model: str
    request: TextRequest


@dataclass(frozen=True)
class Cancel:
    """Page to worker: nobody wants the text any more."""

    number: int


@dataclass(frozen=True)
class Ready:
    """Worker to page: the process has started up."""


@dataclass(frozen=True)
class Started:
    """Worker to page: the prompt is read.

    Args:
        number: Of the text.
        request: With the prompt as the model read it.
        sha256: Of the model's weights.
        precision: In which the network computes, as a label names it.
        header_sha256: Of the header that the worker read, `Header.sha256`.
    """

    number: int
    request: TextRequest
    sha256: str
    precision: str
    header_sha256: str


@dataclass(frozen=True)
class Progress:
    """Worker to page: the characters written since the last report, by the numbers of the texts."""

    characters: dict[int, str]


@dataclass(frozen=True)
class Finished:
    """Worker to page: the last characters of a text, and the network's state after its first 16 characters."""

    number: int
    characters: str
    snapshot: ModelState | None


@dataclass(frozen=True)
class Failed:
    """Worker to page: why a text could not be written."""

    number: int
    error: Exception


Request = Write | Cancel
Report = Ready | Started | Progress | Finished | Failed
