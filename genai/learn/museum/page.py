"""The part of the Learn tab that shows models that were trained to fail, each beside a healthy one.

An address opens an exhibit by `?tab=learn&part=museum&exhibit=NAME`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from genai.checkpoint.header import Header
from genai.language.strings import Bilingual, both
from genai.learn.improve import comparison
from genai.learn.improve.comparison import Row
from genai.learn.improve.page import history_of
from genai.learn.improve.record import read
from genai.learn.museum.exhibits import EXHIBITS, Halls, Samples, find_exhibit
from genai.ui.panel.context import Context
from genai.ui.views.training_history import HistoryAnswer, history_of_model
from genai.ui.views.view import view
from genai.ui.words.errors import ErrorAnswer, answer_errors

FOLDER = Path(__file__).parent / "view"
VIEWS = Path(__file__).parents[2] / "ui" / "views"


class Label(TypedDict):
    """What stands beside an exhibit before it is opened.

    Attributes:
        name: Of the model.
        title: In words.
        diagnosis: What went wrong, by which signs, and what helps.
        cure: What the healthy twin has that the model has not, and in what else it differs.
        twin: The title of the healthy side.
        changed: The settings that make the difference, the steps, and what was learnt from.
        others: In which other settings both differ, by their names in the logs; empty if in none.
    """

    name: str
    title: Bilingual
    diagnosis: Bilingual
    cure: Bilingual
    twin: Bilingual
    changed: list[Row]
    others: Bilingual


class ExhibitAnswer(TypedDict):
    """What an exhibit shows.

    Attributes:
        samples: Of the model, then of the shipped healthy one.
        histories: Of the model, then of the twin.
    """

    samples: list[Samples]
    histories: list[HistoryAnswer]


class MuseumPart:
    """The part.

    Args:
        context: The server's settings.
    """

    styles: Sequence[Path] = (FOLDER / "museum.css",)

    def __init__(self, context: Context) -> None:
        self._halls = Halls(context.folder)
        self._kept = cache(self._show)  # the same for every visitor, and a few hundred kB each
        value = {"exhibits": [self._label(name) for name in EXHIBITS]}
        view(
            FOLDER,
            "museum",
            value,
            elem_id="learn-museum-view",
            parts=[VIEWS / "player"],
            questions=[self.exhibit],
        )

    def warm_up(self) -> None:
        """Nothing is loaded before somebody opens an exhibit."""

    def exhibit(self, question: Mapping[str, object]) -> ExhibitAnswer | ErrorAnswer:
        """Return what an exhibit shows."""
        return answer_errors(self._answer)(question)

    def _answer(self, question: Mapping[str, object]) -> ExhibitAnswer:
        name = question.get("exhibit")
        find_exhibit(name)
        return self._kept(str(name))

    def _show(self, name: str) -> ExhibitAnswer:
        found = EXHIBITS[name]
        own = history_of_model(self._halls.failed(found.modality), name)
        if found.twin:
            twin = history_of(read(found.twin))
        else:
            twin = history_of_model(self._halls.healthy(found.modality), found.healthy)
        return {"samples": self._halls.samples(name), "histories": [own, twin]}

    def _label(self, name: str) -> Label:
        found = EXHIBITS[name]
        header = self._halls.header(name)
        own = _run_of(header)
        twin = (
            _recorded(found.twin)
            if found.twin
            else _run_of(self._halls.healthy(found.modality).header(found.healthy))
        )
        differing = comparison.different(own.settings, twin.settings)
        others = [setting for setting in differing if setting not in found.cures]
        title = "learn.museum.twin" if found.twin else "learn.museum.own"
        return {
            "name": name,
            "title": both(f"learn.museum.{name}"),
            "diagnosis": header.diagnosis,
            "cure": both(f"learn.museum.{name}.cure"),
            "twin": both(title),
            "changed": _changed(own, twin, found.cures),
            "others": both("learn.museum.others", names=", ".join(others)) if others else {},
        }


@dataclass(frozen=True)
class _Training:
    """What a comparison needs to know of a training."""

    settings: Mapping[str, Any]
    steps: int


def _run_of(header: Header) -> _Training:
    training = header.training
    return _Training(training["settings"], training["steps"])


def _recorded(name: str) -> _Training:
    record = read(name)
    return _Training(record.settings, record.steps)


def _changed(own: _Training, twin: _Training, cures: Sequence[str]) -> list[Row]:
    """Return what makes the difference, and how long both were trained."""
    rows = comparison.differences(_some(own.settings, cures), _some(twin.settings, cures))
    characters = own.settings.get("characters")
    if characters and not twin.settings.get("characters"):
        values = [comparison.plain(characters), both("learn.museum.whole")]
        rows.append({"name": both("learn.items.text"), "values": values, "note": {}})
    if own.steps != twin.steps:
        rows.append(comparison.amounts("learn.steps", own.steps, twin.steps))
    return rows


def _some(settings: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: settings[name] for name in names if name in settings}


def build(context: Context) -> MuseumPart:
    """Lay out the part."""
    return MuseumPart(context)
