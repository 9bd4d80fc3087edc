"""The part of the Learn tab that shows three ways to improve a model, and a network that cannot learn.

An address opens a comparison by `?tab=learn&part=improve&pair=NAME`, and the wrong network by `pair=wrong`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlencode

from genai.errors import ConfigError, quoted
from genai.language.strings import Bilingual, both
from genai.learn.improve import comparison
from genai.learn.improve.comparison import Row
from genai.learn.improve.duels import Duels
from genai.learn.improve.experiments import EXPERIMENTS, PAIRS, Pair
from genai.learn.improve.record import Record, read
from genai.ui.panel.context import Context
from genai.ui.views.training_history import HistoryAnswer, history_answer
from genai.ui.views.view import view
from genai.ui.words.errors import answer_errors

FOLDER = Path(__file__).parent / "view"
VIEWS = Path(__file__).parents[2] / "ui" / "views"


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
    """

    name: str
    title: Bilingual
    text: Bilingual
    sides: list[Bilingual]
    changed: list[Row]
    cost: list[Row]
    gave: list[Row]
    live: str


class PairAnswer(TypedDict):
    """The histories of both runs of a pair."""

    histories: list[HistoryAnswer]


def history_of(record: Record) -> HistoryAnswer:
    """Return a run's history as the page plays it."""
    return history_answer(record.history, record.curve, record.contents)


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
    return {"histories": [history_of(read(name)) for name in (found.before, found.after)]}


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
    }


def live_link(found: Pair) -> str:
    """Return the link that opens the training part of the tab, with the data of a pair chosen."""
    experiment = EXPERIMENTS[found.before]
    query = {
        "tab": "learn",
        "part": "train",
        "modality": experiment.modality,
        "data": experiment.config.data,
        "from": "none",
        "minutes": "5",
    }
    return urlencode(query)


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
