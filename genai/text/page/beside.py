"""Two networks side by side: what a model's twin writes for the same request, and how both read one text."""

import threading
from collections.abc import Callable
from typing import TypedDict

from torch import Tensor

from genai.errors import ConfigError, quoted
from genai.serving.models import Registry
from genai.text.page.context import LENGTHS, costs, losses_by_place, numbers_kept
from genai.text.page.differences import KindAnswer, differences
from genai.text.page.questions import LinkQuestion, TextQuestion
from genai.text.page.twins import NAMES, needed_twin
from genai.text.page.xray import XRay, hundredths
from genai.text.sampling import TextModel
from genai.ui.panel.updates import ViewValue
from genai.ui.views.questions import ModelQuestion
from genai.ui.words.errors import answer_errors

WriteLink = Callable[[str, str], ViewValue]
"""Writes what a link asks for by the model of a name, as the view shows it."""

MAX_READ = 2000  # characters that both networks read: a second on two cores


class ReaderAnswer(TypedDict):
    """How one network read a text.

    Attributes:
        network: What the page calls it.
        surprise: Of each character, in hundredths of a nat.
        mean: Of the surprises, in nats a character.
    """

    network: str
    surprise: list[int]
    mean: float


class DifferAnswer(TypedDict):
    """One text as a model and its twin read it.

    Attributes:
        text: As it was read.
        readers: The model and its twin.
        most: As of `Differences`.
        kinds: As of `Differences`.
    """

    text: str
    readers: list[ReaderAnswer]
    most: list[list[int]]
    kinds: list[KindAnswer]


class CostReader(TypedDict):
    """What a character costs one network after each length.

    Attributes:
        network: What the page calls it.
        milliseconds: To write one character.
        kept: Numbers that it keeps of what it has read.
    """

    network: str
    milliseconds: list[float]
    kept: list[int]


class CostAnswer(TypedDict):
    """What a character costs a model and its twin, after so many characters read."""

    lengths: list[int]
    readers: list[CostReader]


class PlaceReader(TypedDict):
    """The loss of one network by place, in nats a character."""

    network: str
    nats: list[float]


class PlaceAnswer(TypedDict):
    """The losses of a model and its twin by the characters known; "ends" and "windows" as of `PlaceLosses`."""

    ends: list[int]
    windows: int
    readers: list[PlaceReader]


class Beside:
    """Answers for all visitors.

    Args:
        registry: The text models.
        xray: That of the tab, which caches the texts that it has read.
        write: Writes in the worker processes, as for the tab itself.
    """

    def __init__(self, registry: Registry[TextModel], xray: XRay, write: WriteLink) -> None:
        self._registry = registry
        self._xray = xray
        self._write = write
        self._lock = threading.Lock()  # one measurement at a time: two would slow each other down

    @answer_errors
    def beside(self, question: LinkQuestion) -> ViewValue:
        """Write a text once more by the twin of its model: the same prompt, seed and settings."""
        twin = needed_twin(self._registry, question.get("model"))
        link = question.get("link")
        if not isinstance(link, str):
            raise ConfigError("{name} is {value}: a link to a text is needed.", name="Link", value=quoted(link))
        return self._write(link, twin)

    @answer_errors
    def differ(self, question: TextQuestion) -> DifferAnswer:
        """Read one text by a model and its twin."""
        names = self._names(question)
        text = self._short_text(question)
        readings = [self._xray.reading({**question, "model": name}).reading for name in names]
        surprises = [reading.surprise for reading in readings]
        found = differences(readings[0].text, surprises[0], surprises[1])
        return {
            "text": text,
            "readers": [self._reader(name, surprise) for name, surprise in zip(names, surprises, strict=True)],
            "most": found.most,
            "kinds": found.kinds,
        }

    @answer_errors
    def cost(self, question: ModelQuestion) -> CostAnswer:
        """Measure what a character costs a model and its twin as the text grows."""
        names = self._names(question)
        models = [self._registry.get(name) for name in names]
        with self._lock:
            seconds = costs(models)
        readers: list[CostReader] = []
        for name, model, own in zip(names, models, seconds, strict=True):
            kept = [numbers_kept(model.network, length) for length in LENGTHS]
            milliseconds = [1000 * each for each in own]
            readers.append({"network": self._network(name), "milliseconds": milliseconds, "kept": kept})
        return {"lengths": list(LENGTHS), "readers": readers}

    @answer_errors
    def by_place(self, question: TextQuestion) -> PlaceAnswer:
        """Measure the losses of a model and its twin by the number of characters known, on windows of a text."""
        names = self._names(question)
        models = [self._registry.get(name) for name in names]
        tokens = models[0].vocabulary.encode(self._short_text(question))
        with self._lock:
            losses = losses_by_place([model.network for model in models], tokens)
        readers: list[PlaceReader] = []
        for name, nats in zip(names, losses.nats, strict=True):
            readers.append({"network": self._network(name), "nats": nats})
        return {"ends": losses.ends, "windows": losses.windows, "readers": readers}

    def _names(self, question: ModelQuestion) -> list[str]:
        """Return the names of the model of a question and of its twin.

        Raises:
            GenaiError: if there is no such model, or it has no twin.
        """
        twin = needed_twin(self._registry, question.get("model"))
        return [str(question.get("model")), twin]

    def _network(self, name: str) -> str:
        return NAMES[self._registry.header(name).architecture]

    def _reader(self, name: str, surprise: Tensor) -> ReaderAnswer:
        return {"network": self._network(name), "surprise": hundredths(surprise), "mean": surprise.mean().item()}

    def _short_text(self, question: TextQuestion) -> str:
        """Return the text of a question, as its model reads it.

        Raises:
            GenaiError: if there is none, or it has more than 2,000 characters.
        """
        _, text = self._xray.named(question)
        if len(text) > MAX_READ:
            raise ConfigError(
                "A text of {count} characters is too long for both networks to read: take at most {high}.",
                count=len(text),
                high=MAX_READ,
            )
        return text
