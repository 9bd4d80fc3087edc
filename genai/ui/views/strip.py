"""The strip above a picture or a sound: from noise to score, each station a small picture of this very result."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from torch import Tensor

from genai.serving.models import Registry
from genai.ui.views.inside import M, sheet
from genai.ui.words.errors import answer_errors

PART = Path(__file__).with_name("strip")  # of a view
MAPS = 9  # of a layer: as many as can be told apart in a thumbnail
COLUMNS = 10  # of the square that the noise fills
SIZES = (16, 4, 1)  # results looked at in one pass: few sizes, since oneDNN keeps memory for every one it has met
T = TypeVar("T")
Request = TypeVar("Request")
Result = TypeVar("Result")


@dataclass(frozen=True)
class StripSample:
    """A result from noise to score, at a glance.

    Args:
        z: (Z,), the noise.
        drawn: (F, H, W) or (F, L), the feature maps of one layer of the generator.
        judged: The same of the discriminator; None without one.
        score: The discriminator's logit, of several judges the mean.
    """

    z: Tensor
    drawn: Tensor
    judged: Tensor | None
    score: float | None


Look = Callable[[M, Sequence[Result]], list[StripSample]]
"""From a model and results to what is seen of them."""


class LayerStrip(Generic[M, Request, Result]):
    """Answers for all visitors who look at another result than the first, with which the strip comes.

    Args:
        registry: The modality's models.
        read: From the question's data to a request.
        generate: The facade's generate function.
        look: How results are looked at.
    """

    def __init__(
        self,
        registry: Registry[M],
        read: Callable[[dict[str, Any]], Request],
        generate: Callable[[M, Sequence[Request]], list[Result]],
        look: Look[M, Result],
    ) -> None:
        self._registry, self._read, self._generate, self._look = registry, read, generate, look
        self._turn = threading.Lock()  # a class asks at once, and side by side all would take longer

    @answer_errors
    def strip(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell what stands between noise and score.

        Args:
            data: "model", "label" (a number or null), "seed" and "truncation".

        Returns:
            As `strips`.
        """
        model, request = self._registry.get(data.get("model")), self._read(data)
        with self._turn:
            return strips(self._look, model, self._generate(model, [request]))[0]


def strips(look: Look[M, Result], model: M, results: Sequence[Result]) -> list[dict[str, Any]]:
    """Tell of each result what stands between noise and score.

    Returns:
        "noise", "drawn" and "judged": sheets, the last null without a discriminator; "score", or null; "real": the
        median score of real items, null if nobody knows.
    """
    real = (model.header.scores if model.header else {}).get("real")
    return [
        {
            "noise": sheet(_square(seen.z)),
            "drawn": sheet(seen.drawn[:MAPS]),
            "judged": None if seen.judged is None else sheet(seen.judged[:MAPS]),
            "score": seen.score,
            "real": real[len(real) // 2] if real else None,
        }
        for group in _groups(results)
        for seen in look(model, group)
    ]


def _groups(results: Sequence[Result]) -> Iterator[Sequence[Result]]:
    """Part results, in their order, into groups of the sizes above, the largest first."""
    first = 0
    for size in SIZES:
        while len(results) - first >= size:
            yield results[first : first + size]
            first += size


def middle(layers: Sequence[T]) -> T:
    """The one in the middle: of layers, that whose maps are neither dots nor yet the result."""
    return layers[len(layers) // 2]


def _square(z: Tensor) -> Tensor:
    """Lay z out in rows of ten: (1, rows, 10); what is missing in the last row is 0, the middle of the noise."""
    rows = -(-len(z) // COLUMNS)
    filled = z.new_zeros(rows * COLUMNS)
    filled[: len(z)] = z
    return filled.view(1, rows, COLUMNS)
