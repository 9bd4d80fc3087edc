"""Two networks side by side: what a model's twin writes for the same request, and how both read one text."""

from collections.abc import Callable
from typing import TypedDict

from torch import Tensor

from genai.errors import ConfigError, quoted
from genai.serving.models import Registry
from genai.text.page.differences import KindAnswer, differences
from genai.text.page.questions import LinkQuestion, TextQuestion
from genai.text.page.twins import NAMES, needed_twin
from genai.text.page.xray import XRay, hundredths
from genai.text.sampling import TextModel
from genai.ui.panel.updates import ViewValue
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
        names = [question.get("model"), needed_twin(self._registry, question.get("model"))]
        text = self._short_text(question)
        readings = [self._xray.reading({**question, "model": str(name)}).reading for name in names]
        surprises = [reading.surprise for reading in readings]
        found = differences(readings[0].text, surprises[0], surprises[1])
        return {
            "text": text,
            "readers": [self._reader(name, surprise) for name, surprise in zip(names, surprises, strict=True)],
            "most": found.most,
            "kinds": found.kinds,
        }

    def _reader(self, name: object, surprise: Tensor) -> ReaderAnswer:
        network = NAMES[self._registry.header(name).architecture]
        return {"network": network, "surprise": hundredths(surprise), "mean": surprise.mean().item()}

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
