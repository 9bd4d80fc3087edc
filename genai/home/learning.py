"""How a model learnt, by the history in its file: for the figures of the game and of the falling loss."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from genai import image
from genai.errors import GenaiError
from genai.image import tab as image_tab
from genai.language.strings import Bilingual
from genai.serving.models import Registry
from genai.text import tab as text_tab
from genai.ui.panel.context import Context
from genai.ui.views.training_history import history_of_model

NUMBERS = ("real", "fake", "discriminator", "generator")
"""That the figure shows of each moment, as the log names them."""
NEAR = 0.1
"""Numbers belong to a moment if they were logged within this share of its steps."""


class Moment(TypedDict):
    """One moment of a game: how many steps were made, and the numbers logged there, if any."""

    step: int
    numbers: dict[str, float]


class GameAnswer(TypedDict):
    """How a GAN learnt.

    Attributes:
        model: Name of the checkpoint.
        title: Of the model.
        side: Of a picture, in pixels.
        strip: A row of pictures for each moment, as a data URL.
        moments: In the order of their steps.
    """

    model: str
    title: Bilingual
    side: int
    strip: str
    moments: list[Moment]


class CurveAnswer(TypedDict):
    """The loss of a text model in training: numbers of steps, and nats per character there."""

    model: str
    title: Bilingual
    steps: list[float]
    loss: list[float]


class LearningAnswer(TypedDict):
    """Of the first models whose files have a history; None where none has."""

    game: GameAnswer | None
    curve: CurveAnswer | None


class Learning:
    """Answers for all visitors.

    Args:
        context: The server's settings.
    """

    def __init__(self, context: Context) -> None:
        device, folder = context.device, context.folder
        self._images = Registry("image", image.load, image_tab.PREFERRED, device, folder)
        self._texts = Registry("text", text_tab.find_checkpoint, text_tab.PREFERRED, device, folder)
        self._answer: LearningAnswer | None = None

    def answer(self) -> LearningAnswer:
        """Return how models learnt; the first call reads their files."""
        if self._answer is None:
            self._answer = {"game": self._game(), "curve": self._curve()}
        return self._answer

    def _game(self) -> GameAnswer | None:
        for name in self._images.names:
            header = self._images.header(name)
            if not header.history or not set(NUMBERS) <= set(header.curve):
                continue
            try:
                history = history_of_model(self._images, name)
            except GenaiError:  # its tab says so
                continue
            if history["strip"] is None:
                continue
            moments = [moment(entry, header.curve) for entry in header.history]
            side = int(header.config["size"])
            return {
                "model": name,
                "title": header.title,
                "side": side,
                "strip": history["strip"],
                "moments": moments,
            }
        return None

    def _curve(self) -> CurveAnswer | None:
        for name in self._texts.names:
            header = self._texts.header(name)
            steps, losses = (header.curve.get(key, []) for key in ("step", "loss"))
            pairs = [pair for pair in zip(steps, losses, strict=True) if None not in pair]
            if len(pairs) > 1:
                return {
                    "model": name,
                    "title": header.title,
                    "steps": [step for step, _ in pairs],
                    "loss": [loss for _, loss in pairs],
                }
        return None


def moment(entry: Mapping[str, Any], curve: Mapping[str, Sequence[float | None]]) -> Moment:
    """Return a moment of a history with its numbers.

    An entry without numbers of its own has those of the curve that were logged nearest to its step, if that is
    near: the curve of a training in several stages has gaps.
    """
    step = entry["step"]
    values = {name: entry.get(name) for name in NUMBERS}
    if None in values.values():
        rows = range(len(curve["step"]))
        nearest = min(rows, key=lambda row: abs((curve["step"][row] or 0) - step))
        distance = abs((curve["step"][nearest] or 0) - step)
        if distance <= NEAR * step:
            values = {name: curve[name][nearest] for name in NUMBERS}
    return {"step": step, "numbers": {name: value for name, value in values.items() if value is not None}}
