"""How a model learnt, for the slider on its card: its samples from the same noise at some steps, and its curves."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, TypeVar

import soundfile

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.language.strings import Bilingual, both
from genai.serving.models import Registry
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.quality import logged_name
from genai.ui.views.questions import ModelQuestion
from genai.ui.words.errors import ErrorAnswer, answer_errors

NOT_LOGGED = {"step", "minutes", "text"}
Model = TypeVar("Model")


class Moment(TypedDict):
    """What a model made at one step of its training.

    Attributes:
        step: How many steps it had made.
        when: Step and minutes in words.
        numbers: What was logged there, by name.
        text: What was written then, of a text model.
        sound: What was to be heard then, of a sound model: the data URL of an Ogg file.
        spectrogram: Of that sound, the data URL of a PNG.
    """

    step: int
    when: Bilingual
    numbers: Mapping[str, float]
    text: NotRequired[str]
    sound: NotRequired[str]
    spectrogram: NotRequired[str]


class HistoryAnswer(TypedDict):
    """The history of a model.

    Attributes:
        moments: In the order of their steps.
        strip: One picture with a row for each moment, as a data URL; None for text and sound.
        curve: The numbers logged in training, by name.
        names: What the names of the numbers mean, in both languages.
    """

    moments: Sequence[Moment]
    strip: str | None
    curve: Mapping[str, object]
    names: Mapping[str, Bilingual]


def training_history(registry: Registry[Model]) -> Callable[[ModelQuestion], HistoryAnswer | ErrorAnswer]:
    """Make the function that answers for the models of a modality."""

    @answer_errors
    def moments(question: ModelQuestion) -> HistoryAnswer:
        """Return the history of a model."""
        header = registry.header(question.get("model"))
        _, tensors = checkpoint.load(registry.path(question["model"]), registry.modality)
        files = {name: bytes(tensor.numpy()) for name, tensor in tensors.items() if name.startswith("history")}
        strip = files.get("history")
        return {
            "moments": [_moment(entry, files.get(f"history.{entry['step']}")) for entry in header.history],
            "strip": data_url("image/webp", strip) if strip else None,
            "curve": header.curve,
            "names": {name: logged_name(name) for name in _logged(header)},
        }

    return moments


def _logged(header: Header) -> set[str]:
    """Return the names of all numbers in a header's history and curve."""
    names = set(header.curve).union(*header.history)
    return names - NOT_LOGGED


def _moment(entry: Mapping[str, Any], sound: bytes | None) -> Moment:
    """Make a moment of an entry of a header's history and, of a sound model, the Ogg file made then."""
    moment: Moment = {
        "step": entry["step"],
        "when": _when(entry),
        "numbers": {name: value for name, value in entry.items() if name not in NOT_LOGGED},
    }
    if "text" in entry:
        moment["text"] = entry["text"]
    if sound is not None:
        wave, rate = soundfile.read(io.BytesIO(sound), dtype="float32")
        moment["sound"] = data_url("audio/ogg", sound)
        moment["spectrogram"] = drawing.spectrogram(wave, rate)
    return moment


def _when(entry: Mapping[str, Any]) -> Bilingual:
    step = f"{entry['step']:,}"
    if "minutes" not in entry:
        return both("card.moment_step", step=step)
    return both("card.moment", step=step, minutes=f"{entry['minutes']:.3g}")
