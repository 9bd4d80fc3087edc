"""The strip above a picture or a sound: five stations from noise to score, each a thumbnail of this very result."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypedDict, TypeVar

from torch import Tensor

from genai.checkpoint.header import Header
from genai.gan.internals import GeneratorTrace, look_inside
from genai.gan.sampling import GanResult
from genai.serving.models import Registry
from genai.ui.views.inside import Sheet, sheet
from genai.ui.views.questions import ResultQuestion, latent_request
from genai.ui.views.renderer import M, Renderer
from genai.ui.views.score import ScoreAnswer, explain_score
from genai.ui.words.errors import answer_errors

PART = Path(__file__).with_name("strip")  # of a view
MAPS = 9  # of a layer: more could not be told apart in a thumbnail
COLUMNS = 10  # of the picture of the noise
BATCH_SIZES = (16, 4, 1)  # few sizes, since oneDNN keeps memory for every batch size that it has met
T = TypeVar("T")


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


class LayerStrip(Generic[M]):
    """Answers for all visitors who choose another result than the first, whose strip comes with it.

    Args:
        registry: The modality's models.
        renderer: The modality.
    """

    def __init__(self, registry: Registry[M], renderer: Renderer[M]) -> None:
        self._registry = registry
        self._renderer = renderer
        self._lock = threading.Lock()  # a class asks at once; computed side by side, every answer would take longer

    @answer_errors
    def strip(self, question: ResultQuestion) -> StripAnswer:
        """Show the stations of the result that a question names."""
        model = self._registry.get(question.get("model"))
        request = latent_request(question)
        with self._lock:
            [answer] = strips(self._renderer, model, self._renderer.generate(model, [request]))
        return answer


def strips(renderer: Renderer[M], model: M, results: Sequence[GanResult]) -> list[StripAnswer]:
    """Return the strip of each result, in their order."""
    layer = middle(range(model.network.depth - 1))
    traces = [trace for batch in _batches(results) for trace in look_inside(model, batch, layer)]
    return [_answer(trace, renderer.orient, model.header) for trace in traces]


def _answer(trace: GeneratorTrace, orient: Callable[[Tensor], Tensor], header: Header | None) -> StripAnswer:
    judged = trace.discriminator_maps
    return {
        "noise": sheet(_rows_of_ten(trace.z)),
        "drawn": sheet(orient(trace.generator_maps[0][:MAPS])),
        "judged": sheet(orient(middle(middle(judged))[:MAPS])) if judged else None,
        "score": None if trace.score is None else explain_score(trace.score, header),
    }


def _batches(results: Sequence[T]) -> Iterator[Sequence[T]]:
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
