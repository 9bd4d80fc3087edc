"""How a model learnt, for the slider on its card: its samples from the same noise at some steps, and its curves."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, TypeVar

from genai import checkpoint
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.views.questions import ModelQuestion
from genai.ui.words.errors import ErrorAnswer, answer_errors

MEDIA_TYPES = {"image": "image/webp", "audio": "audio/ogg"}
Model = TypeVar("Model")


class HistoryAnswer(TypedDict):
    """The history of a model.

    Attributes:
        moments: Step, minutes and losses of each, with the "text" or the "sound" (a data URL) made then.
        strip: One picture with a row for each moment, as a data URL; None for text and sound.
        curve: The numbers logged in training, by name.
    """

    moments: Sequence[Mapping[str, object]]
    strip: str | None
    curve: Mapping[str, object]


def training_history(registry: Registry[Model]) -> Callable[[ModelQuestion], HistoryAnswer | ErrorAnswer]:
    """Make the function that answers for the models of a modality."""

    @answer_errors
    def moments(question: ModelQuestion) -> HistoryAnswer:
        """Return the history of a model."""
        header = registry.header(question.get("model"))
        _, tensors = checkpoint.load(registry.entries[question["model"]].path, registry.modality)
        media_type = MEDIA_TYPES.get(registry.modality, "")
        files = {
            name: data_url(media_type, bytes(tensor.numpy()))
            for name, tensor in tensors.items()
            if name.startswith("history")
        }
        return {
            "moments": [{**moment, "sound": files.get(f"history.{moment['step']}")} for moment in header.history],
            "strip": files.get("history"),
            "curve": header.curve,
        }

    return moments
