"""The part of the Learn tab in which one trains a model, from own data or from a named set.

What an address can choose, so that other places of the page link to a ready-made start
(`?tab=learn&part=train&modality=image&data=fashion&from=none&minutes=2&generator_rate=0.002`):

- `modality`: text, image or audio.
- `data`: the name of a published set that is on this machine; with `modality` the page opens at its second step.
- `from`: the name of the model that the training goes on from, or `none` for a training from scratch.
- `minutes`: 1, 2, 3, 5, 10, 20 or 30.
- Every other name is that of a setting of the training, with its value.
- `run`: the id of a run, which is shown; another device finds it by that.
- `join`: the code of a room; the page is then only a surface to draw on.

The page of the teacher who opened a room has `#room=CODE.TOKEN` in its address, which browsers send to no server.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from genai.checkpoint import available
from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.language.strings import LANGUAGES, Bilingual, strings
from genai.learn.data.collection import MODALITIES
from genai.learn.data.forms import form_for
from genai.learn.data.named import named_sets
from genai.learn.data.questions import DataQuestions
from genai.learn.data.rooms import Rooms, WallSource
from genai.learn.data.store import Collections
from genai.learn.runs.manager import Runs
from genai.learn.runs.questions import Data, FindData, RunQuestions
from genai.learn.train.look import show_looks
from genai.text.training import check_known
from genai.text.vocabulary import Vocabulary
from genai.ui.panel.context import Context
from genai.ui.views.view import ASKING, MICROPHONE, view

FOLDER = Path(__file__).parent
STYLES = ("train", "collect", "run", "look/look")
PIECES = ("words", "board", "collect", "camera", "record", "room", "start", "run")
"""Of the view, each a script or a piece of HTML or both, in the order in which the scripts run."""
NEAREST = {"text": "shakespeare", "image": "fashion", "audio": "digits"}
"""The model that a training goes on from, unless another is chosen."""
PHRASES = {
    "characters": "learn.train.characters",
    "count_text": "learn.train.count.text",
    "count_image": "learn.train.count.image",
    "count_audio": "learn.train.count.audio",
    "remove": "learn.train.remove",
    "hear": "learn.train.hear",
    "large": "learn.train.large",
    "large_text": "learn.train.large_text",
    "no_picture": "learn.train.no_picture",
    "no_sound": "learn.train.no_sound",
    "unreadable": "learn.train.unreadable",
    "camera_refused": "learn.train.camera.refused",
    "camera_insecure": "learn.train.camera.insecure",
    "microphone_refused": "learn.train.microphone.refused",
    "microphone_insecure": "learn.train.microphone.insecure",
    "recording": "learn.train.recording",
    "record_start": "learn.train.record.start",
    "record_stop": "learn.train.record.stop",
    "phones": "learn.train.phones",
    "no_phone": "learn.train.no_phone",
    "sent": "learn.train.sent",
    "sent_removed": "learn.train.sent_removed",
    "nearest_model": "learn.train.nearest_model",
    "unknown": "learn.train.unknown",
    "scratch": "learn.train.scratch",
    "choice_relativistic": "learn.game.loss.relativistic",
    "choice_logistic": "learn.value.logistic",
    "choice_hinge": "learn.game.loss.hinge",
    "choice_wasserstein": "learn.game.loss.wasserstein",
    "n_minutes": "learn.train.n_minutes",
    "phase_queued": "learn.train.phase.queued",
    "phase_preparing": "learn.train.phase.preparing",
    "phase_running": "learn.train.phase.running",
    "phase_paused": "learn.train.phase.paused",
    "phase_stopping": "learn.train.phase.stopping",
    "phase_stopped": "learn.train.phase.stopped",
    "phase_failed": "learn.train.phase.failed",
    "phase_done": "learn.train.phase.done",
    "pause": "learn.train.pause",
    "go_on": "learn.train.go_on",
    "fact_step": "learn.train.fact.step",
    "fact_speed": "learn.train.fact.speed",
    "fact_left": "learn.train.fact.left",
    "film_play": "learn.train.film.play",
    "film_stop": "learn.train.film.stop",
    "moment": "learn.train.moment",
    "look_at": "learn.look.at",
    "look_kept": "learn.look.kept",
    "forked": "learn.train.run.forked",
    "likeness": "learn.train.likeness",
    "use_ready": "learn.train.use.ready",
    "use_wait": "learn.train.use.wait",
    "used": "learn.train.used",
    "open_model": "learn.train.open_model",
    "next_data": "learn.train.next.data",
    "next_start": "learn.train.next.start",
    "next_watch": "learn.train.next.watch",
    "hint_closed": "learn.train.hint.closed",
    "hint_watch": "learn.train.hint.watch",
    "hint_named": "learn.train.hint.named",
    "hint_room": "learn.train.hint.room",
    "hint_text": "learn.train.hint.text",
    "hint_image": "learn.train.hint.image",
    "hint_audio": "learn.train.hint.audio",
}
"""Strings that the scripts write, by the name that they know."""

Question = Callable[..., object]


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


def modalities(folder: Path | None) -> dict[str, Any]:
    """Return for each modality the sets that are here, and the models that a training can go on from.

    Args:
        folder: Of the checkpoints; None is the repository's own.
    """
    return {modality: _modality(modality, folder) for modality in MODALITIES}


def _modality(modality: str, folder: Path | None) -> dict[str, Any]:
    headers = {entry.name: entry.header for entry in available(modality, folder) if entry.header is not None}
    names = sorted(headers, key=lambda name: name != NEAREST[modality])
    return {
        "named": [{"name": name, "title": title} for name, title in named_sets(modality).items()],
        "models": [{"name": name, "title": headers[name].title} for name in names],
        "nearest": names[0] if names else None,
    }


def data_finder(collections: Collections) -> FindData:
    """Make the function that finds what a training is to learn from."""

    def find(wanted: object, modality: str, header: Header | None) -> Data:
        """Find a published set that is here by its name, or own data by its id.

        Raises:
            GenaiError: if there is neither, or the own data is of another modality, too little, or a text whose
                characters the model does not know.
        """
        if isinstance(wanted, str) and wanted in named_sets(modality):
            return Data(wanted)
        own = collections.get(wanted)
        if own.modality != modality:
            raise ConfigError(
                "This data is {found}, and cannot teach {modality}.", found=own.modality, modality=modality
            )
        if modality == "text" and header is not None:
            check_known(header.data_set, Vocabulary(header.vocabulary), own.text())
        form = form_for(header) if modality == "image" else None
        return Data(str(own.folder(form)), own.characters if modality == "text" else len(own.items))

    return find


class TrainPart:
    """The part.

    Args:
        context: The server's settings.
        collections: The own data of visitors.
        runs: Of the server.
        questions: About runs.
    """

    styles: Sequence[Path] = tuple(FOLDER / f"{name}.css" for name in STYLES)

    def __init__(
        self, context: Context, collections: Collections, runs: Runs, questions: Sequence[Question]
    ) -> None:
        self._collections = collections
        rooms = Rooms(collections, context.hub.publish)
        context.hub.add_source("wall", WallSource(rooms))
        about_data = DataQuestions(collections, rooms, context.word).all()
        value = {
            "phrases": phrases(),
            "modalities": modalities(context.folder),
            "asksWord": context.word.is_asked,
        }
        view(
            FOLDER,
            "train",
            value,
            elem_id="learn-train-view",
            parts=[ASKING, MICROPHONE, *(FOLDER / name for name in PIECES)],
            questions=[*about_data, *questions],
        )
        show_looks(context, runs)

    def warm_up(self) -> None:
        """Begin to delete what nobody uses."""
        self._collections.sweep_periodically()


def build(context: Context) -> TrainPart:
    """Lay out the part."""
    collections = Collections()
    runs = Runs(context.hub, context.device, context.folder)
    is_allowed = "train" not in context.limits.closed
    questions = RunQuestions(runs, data_finder(collections), is_allowed=is_allowed)
    return TrainPart(context, collections, runs, questions.all())
