"""How a model learnt, for the player: its samples from the same noise at some steps, and its curves."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, TypeVar

import soundfile

from genai import checkpoint
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
        return history_of_model(registry, question.get("model"))

    return moments


def history_of_model(registry: Registry[Model], name: object) -> HistoryAnswer:
    """Return the history in a model's file.

    Raises:
        CheckpointError: if the file cannot be used.
        ConfigError: if there is no such model.
    """
    header = registry.header(name)
    assert isinstance(name, str)  # `header` refuses all else
    _, tensors = checkpoint.load(registry.path(name), registry.modality)
    files = {key: bytes(tensor.numpy()) for key, tensor in tensors.items() if key.startswith("history")}
    return history_answer(header.history, header.curve, files)


def history_answer(
    entries: Sequence[Mapping[str, Any]], curve: Mapping[str, Sequence[float | None]], files: Mapping[str, bytes]
) -> HistoryAnswer:
    """Return a history as the page plays it.

    Args:
        entries: Moments of a run, as in a header.
        curve: Numbers logged, by name.
        files: "history", a WebP picture with a row for each moment, or "history.STEP", Ogg files of sounds.
    """
    strip = files.get("history")
    return {
        "moments": [_moment(entry, files.get(f"history.{entry['step']}")) for entry in entries],
        "strip": data_url("image/webp", strip) if strip else None,
        "curve": curve,
        "names": {name: logged_name(name) for name in set(curve).union(*entries) - NOT_LOGGED},
    }


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
    if entry["minutes"] < 1:
        return both("card.moment_seconds", step=step, seconds=f"{60 * entry['minutes']:.0f}")
    return both("card.moment", step=step, minutes=f"{entry['minutes']:,.1f}".removesuffix(".0"))
