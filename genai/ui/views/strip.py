"""The strip above a picture or a sound: five stations from noise to score, each a thumbnail of this very result."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypedDict, TypeVar

from torch import Tensor

from genai.checkpoint.header import Header
from genai.serving.models import Registry
from genai.ui.views.inside import M, Sheet, sheet
from genai.ui.views.questions import ResultQuestion
from genai.ui.views.score import ScoreAnswer, explain_score
from genai.ui.words.errors import answer_errors

PART = Path(__file__).with_name("strip")  # of a view
MAPS = 9  # of a layer: more could not be told apart in a thumbnail
COLUMNS = 10  # of the picture of the noise
BATCH_SIZES = (16, 4, 1)  # few sizes, since oneDNN keeps memory for every batch size that it has met
T = TypeVar("T")
Request = TypeVar("Request")
Result = TypeVar("Result")


class StripAnswer(TypedDict):
    """The stations of the strip.

    Attributes:
        noise: z.
        drawn: Feature maps of one layer of the generator.
        judged: Feature maps of one layer of the discriminator; None without one.
        score: The discriminator's score; None without one.
    """

    noise: Sheet
    drawn: Sheet
    judged: Sheet | None
    score: ScoreAnswer | None


@dataclass(frozen=True)
class StripSample:
    """One result from noise to score.

    Args:
        z: (Z,), the noise.
        generator_maps: (F, H, W) or (F, L), the feature maps of one layer of the generator.
        discriminator_maps: The same of the discriminator; None without one.
        score: The discriminator's logit, of several networks the mean; None without one.
    """

    z: Tensor
    generator_maps: Tensor
    discriminator_maps: Tensor | None
    score: float | None


Sampler = Callable[[M, Sequence[Result]], list[StripSample]]
"""From a model and results to their strip samples."""


class LayerStrip(Generic[M, Request, Result]):
    """Answers for all visitors who choose another result than the first, whose strip comes with it.

    Args:
        registry: The modality's models.
        read: From a question to a request.
        generate: The facade's generate function.
        sample: Computes the strip samples of results.
    """

    def __init__(
        self,
        registry: Registry[M],
        read: Callable[[ResultQuestion], Request],
        generate: Callable[[M, Sequence[Request]], list[Result]],
        sample: Sampler[M, Result],
    ) -> None:
        self._registry = registry
        self._read = read
        self._generate = generate
        self._sample = sample
        self._lock = threading.Lock()  # a class asks at once; computed side by side, every answer would take longer

    @answer_errors
    def strip(self, question: ResultQuestion) -> StripAnswer:
        """Show the stations of the result that a question names."""
        model = self._registry.get(question.get("model"))
        request = self._read(question)
        with self._lock:
            [answer] = strips(self._sample, model, self._generate(model, [request]))
        return answer


def strips(sample: Sampler[M, Result], model: M, results: Sequence[Result]) -> list[StripAnswer]:
    """Return the strip of each result, in their order."""
    return [_answer(one, model.header) for batch in _batches(results) for one in sample(model, batch)]


def _answer(sample: StripSample, header: Header | None) -> StripAnswer:
    maps = sample.discriminator_maps
    return {
        "noise": sheet(_rows_of_ten(sample.z)),
        "drawn": sheet(sample.generator_maps[:MAPS]),
        "judged": None if maps is None else sheet(maps[:MAPS]),
        "score": None if sample.score is None else explain_score(sample.score, header),
    }


def _batches(results: Sequence[Result]) -> Iterator[Sequence[Result]]:
    """Split results, in their order, into batches of the sizes above, the largest first."""
    first = 0
    for size in BATCH_SIZES:
        while len(results) - first >= size:
            yield results[first : first + size]
            first += size


def middle(layers: Sequence[T]) -> T:
    """Return the middle layer: its feature maps are neither single dots nor yet the result."""
    return layers[len(layers) // 2]


def _rows_of_ten(z: Tensor) -> Tensor:
    """Lay z out in rows of ten, (1, rows, 10); the last row is filled up with 0, the mean of the noise."""
    rows = -(-len(z) // COLUMNS)
    filled = z.new_zeros(rows * COLUMNS)
    filled[: len(z)] = z
    return filled.view(1, rows, COLUMNS)
