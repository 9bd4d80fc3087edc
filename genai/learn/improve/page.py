"""The part of the Learn tab that shows three ways to improve a model, and a network that cannot learn.

An address opens a comparison by `?tab=learn&part=improve&pair=NAME`, and the wrong network by `pair=wrong`.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlencode

from genai.errors import ConfigError, quoted
from genai.language.strings import LANGUAGES, Bilingual, both, strings
from genai.learn.improve import comparison
from genai.learn.improve.comparison import Row
from genai.learn.improve.duels import Duels
from genai.learn.improve.experiments import EXPERIMENTS, PAIRS, Pair
from genai.learn.improve.record import Record, read
from genai.learn.runs.catalogue import Value, offered
from genai.ui.panel.context import Context
from genai.ui.views.training_history import HistoryAnswer, history_answer
from genai.ui.views.view import view
from genai.ui.words.errors import answer_errors

FOLDER = Path(__file__).parent / "view"
VIEWS = Path(__file__).parents[2] / "ui" / "views"
LIST = {"en": ", ", "zh-CN": "、"}


class Comparison(TypedDict):
    """A pair of runs, as the page shows it before its histories are asked for.

    Attributes:
        name: Of the pair.
        title: Of what is compared.
        text: What to look at, and why it is so.
        sides: The titles of both runs.
        changed: What differs.
        cost: Steps and minutes.
        gave: Figures of quality.
        live: Link that starts such a training in this page.
        left_out: What differs between the runs and cannot be chosen there; None where all can.
    """

    name: str
    title: Bilingual
    text: Bilingual
    sides: list[Bilingual]
    changed: list[Row]
    cost: list[Row]
    gave: list[Row]
    live: str
    left_out: Bilingual | None


class PairAnswer(TypedDict):
    """The histories of both runs of a pair.

    Attributes:
        histories: Of both.
        pace: Minutes of computing that a step of each took.
        clock: For each, the seconds up to its moments in words.
    """

    histories: list[HistoryAnswer]
    pace: list[float]
    clock: list[list[Bilingual]]


def history_of(record: Record) -> HistoryAnswer:
    """Return a run's history as the page plays it."""
    return history_answer(record.history, record.curve, record.contents)


def pace_of(record: Record) -> float:
    """Return the minutes of computing that a step took: as many in the first step as in the last."""
    return record.minutes / record.steps


def find_pair(name: object) -> Pair:
    """Return the pair of a name.

    Raises:
        ConfigError: if there is none.
    """
    if not isinstance(name, str) or name not in PAIRS:
        raise ConfigError(
            "There is no comparison {name}. There are: {known}.", name=quoted(name), known=", ".join(PAIRS)
        )
    return PAIRS[name]


@answer_errors
def pair(question: Mapping[str, object]) -> PairAnswer:
    """Return the histories of both runs of a pair."""
    found = find_pair(question.get("pair"))
    records = [read(name) for name in (found.before, found.after)]
    return {
        "histories": [history_of(record) for record in records],
        "pace": [pace_of(record) for record in records],
        "clock": [[_seconds(entry["step"] * pace_of(record)) for entry in record.history] for record in records],
    }


def _seconds(minutes: float) -> Bilingual:
    return both("learn.improve.seconds", seconds=f"{60 * minutes:.1f}")


def compare(name: str) -> Comparison:
    """Return what the page says of a pair."""
    found = PAIRS[name]
    before = read(found.before)
    after = read(found.after)
    return {
        "name": name,
        "title": both(f"learn.improve.{name}"),
        "text": both(f"learn.improve.{name}.text"),
        "sides": [both(f"learn.improve.{name}.before"), both(f"learn.improve.{name}.after")],
        "changed": comparison.changed(before, after),
        "cost": comparison.cost(before, after),
        "gave": comparison.gave(before, after),
        "live": live_link(found),
        "left_out": left_out_sentence(live_settings(found).left_out),
    }


@dataclass(frozen=True)
class Live:
    """What of a run the training part of the tab can begin.

    Args:
        settings: Values that its form takes, by name.
        left_out: Names of settings, as this page calls them, that its form does not have or not so far.
    """

    settings: Mapping[str, Value]
    left_out: Sequence[Bilingual]


def live_settings(found: Pair) -> Live:
    """Return what the training part can be given of the first run of a pair, which lacks what is compared."""
    experiment = EXPERIMENTS[found.before]
    before, after = read(found.before), read(found.after)
    settings: dict[str, Value] = {}
    for one in offered(experiment.modality, None):
        value = getattr(experiment.config, one.name)
        with suppress(ConfigError):
            settings[one.name] = one.read(value)
    missing = [name for name in comparison.different(before.settings, after.settings) if name not in settings]
    left_out = [both(comparison.SETTINGS[name]) for name in missing]
    if before.items != after.items:
        left_out.append(both(comparison.ITEMS[experiment.modality]))
    return Live(settings, left_out)


def live_link(found: Pair) -> str:
    """Return the link that opens the training part of the tab, with data and settings of a pair chosen."""
    experiment = EXPERIMENTS[found.before]
    query: dict[str, object] = {
        "tab": "learn",
        "part": "train",
        "modality": experiment.modality,
        "data": experiment.config.data,
        "from": "none",
        "minutes": "5",
        **live_settings(found).settings,
    }
    return urlencode(query)


def left_out_sentence(names: Sequence[Bilingual]) -> Bilingual | None:
    """Say what cannot be chosen in the training part; None where all can."""
    if not names:
        return None
    lists = {language: LIST[language].join(name[language] for name in names) for language in LANGUAGES}
    return {
        language: strings(language)["learn.improve.live.left_out"].format(names=lists[language])
        for language in LANGUAGES
    }


class ImprovePart:
    """The part."""

    styles: Sequence[Path] = (FOLDER / "improve.css",)

    def __init__(self) -> None:
        value = {"comparisons": [compare(name) for name in PAIRS]}
        duels = Duels()
        view(
            FOLDER,
            "improve",
            value,
            elem_id="learn-improve-view",
            parts=[VIEWS / "player", FOLDER / "duel"],
            questions=[pair, duels.duel],
        )

    def warm_up(self) -> None:
        """Nothing is to be loaded."""


def build(_context: Context) -> ImprovePart:
    """Lay out the part."""
    return ImprovePart()
