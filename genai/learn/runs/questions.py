"""The questions that the page asks about trainings: each takes and returns a JSON object."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genai.checkpoint.header import Header
from genai.errors import ConfigError, DataError, quoted
from genai.learn.runs import catalogue
from genai.learn.runs.manager import TOPIC, Runs
from genai.learn.runs.spec import CONFIGS, RunSpec
from genai.serving.guard.visitors import current_visitor
from genai.ui.words.errors import answer_errors

Question = dict[str, Any]
Answer = dict[str, Any]
MOST_IDS = 20
STEPS = 1_000_000


@dataclass(frozen=True)
class Data:
    """What a training learns from.

    Args:
        name: Of a published set, or the path of own data as the commands read it.
        own_items: Number of items of own data, of a text its characters; 0 for a published set.
    """

    name: str
    own_items: int = 0


FindData = Callable[[object, str, Header | None], Data]
"""From what a browser named, the modality, and the header of the model that is to learn from it; raises a
GenaiError where there is no such data, or it is not ready."""


class RunQuestions:
    """Questions about trainings.

    Args:
        runs: Of the server.
        find_data: Finds own data and published sets.
        is_allowed: Whether visitors may train here.
    """

    def __init__(self, runs: Runs, find_data: FindData, *, is_allowed: bool = True) -> None:
        self._runs = runs
        self._find_data = find_data
        self._is_allowed = is_allowed

    def all(self) -> list[Callable[..., object]]:
        """Return all questions, by whose names the page asks."""
        asked = (self.start, self.control, self.settings, self.moment, self.use, self.runs)
        return [answer_errors(question) for question in asked]

    def start(self, question: Question) -> Answer:
        """Start a training, or queue it.

        `minutes` is from 0.5 to 30; `settings` has values by name, and may have `steps`, the most steps to do.
        """
        self._require_allowed()
        modality = _modality(question)
        start_from = _start(question)
        minutes = question.get("minutes", 3.0)
        header = self._runs.header(RunSpec(modality, "", start_from=start_from))
        settings, steps = _without_steps(question.get("settings"))
        values: dict[str, Any] = {**catalogue.read(modality, header, settings), **steps}
        data = self._find_data(question.get("data"), modality, header)
        spec = RunSpec(modality, data.name, data.own_items, start_from, minutes, values)
        name = self._runs.start(spec, current_visitor())
        return self._answer(name)

    def control(self, question: Question) -> Answer:
        """Pause, go on, do 1, 10 or 100 steps, stop and keep, change settings, or fork."""
        self._require_allowed()
        name = self._runs.control(
            question.get("id"), question.get("do"), question.get("steps"), question.get("settings")
        )
        return self._answer(name)

    def settings(self, question: Question) -> Answer:
        """Return the settings that can be chosen, and why some cannot change while it runs."""
        modality = _modality(question)
        spec = RunSpec(modality, "", start_from=_start(question))
        described = catalogue.describe(spec, self._runs.header(spec))
        if self._is_allowed:
            self._runs.prepare()  # whoever asks is about to start
        return {"settings": described, "allowed": self._is_allowed}

    def moment(self, question: Question) -> Answer:
        """Return the sample of a step."""
        return {"moment": self._runs.moment(question.get("id"), question.get("step"))}

    def use(self, question: Question) -> Answer:
        """Put the model into its tab, for this visitor."""
        return self._runs.use(question.get("id"))

    def runs(self, question: Question) -> Answer:
        """Return the states of runs that a browser remembers, of those that are still here."""
        ids = question.get("ids")
        if not isinstance(ids, list) or len(ids) > MOST_IDS:
            raise ConfigError("The ids must be a list of at most {most}.", most=MOST_IDS)
        states = []
        for name in ids:
            try:
                states.append(self._runs.state(name))
            except DataError:
                continue  # gone: the browser forgets it
        return {"runs": states}

    def _answer(self, name: str) -> Answer:
        return {"id": name, "topic": f"{TOPIC}/{name}", "state": self._runs.state(name)}

    def _require_allowed(self) -> None:
        if not self._is_allowed:
            raise ConfigError(
                "Nobody can train on this page: whoever runs it has opened it to strangers. Start your own with "
                "`python app.py`, or with --allow train."
            )


def _modality(question: Question) -> str:
    value = question.get("modality")
    if not isinstance(value, str) or value not in CONFIGS:
        raise ConfigError("There is no modality {value}: choose text, image or audio.", value=quoted(value))
    return value


def _start(question: Question) -> str | None:
    """Return the name of the model to start from; a path is refused: a browser must reach no other file."""
    value = question.get("from") or None
    if value is None:
        return None
    if not isinstance(value, str) or Path(value).name != value or "." in value:
        raise ConfigError("There is no model {value} to go on from.", value=quoted(value))
    return value


def _without_steps(settings: object) -> tuple[object, dict[str, int]]:
    """Split the most steps to do from the other settings.

    Raises:
        ConfigError: if it is not a whole number in its range.
    """
    if not isinstance(settings, dict) or "steps" not in settings:
        return settings, {}
    steps = settings["steps"]
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= STEPS:
        raise ConfigError(
            "{name} {value} is not possible: it must be a whole number, at least 1.",
            name="steps",
            value=quoted(steps),
        )
    return {name: value for name, value in settings.items() if name != "steps"}, {"steps": steps}
