"""A model's card: data set, licence, size, known failures, training, quality figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict, TypeVar

from genai.checkpoint.header import Header
from genai.language.strings import LANGUAGES, Bilingual, both
from genai.serving.models import Registry
from genai.ui.views.quality import FigureRow, figures
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
MEGABYTE = 1e6
# A licence's name is the same in every language, but these are descriptions.
PHRASES = {
    "public domain": "card.public_domain",
    "MIT (the collection); the poems are in the public domain": "card.collection",
}
REMARKS = ("diagnosis", "limits", "not_for")
Model = TypeVar("Model")


class Card(TypedDict):
    """A card as the view shows it.

    Attributes:
        empty: Whether there is nothing to show; for a model that cannot be used.
        problems: What is wrong with the files in the folder.
        data: Name of the data set.
        licence: Of the weights and the data.
        size: Of the file, in words.
        credit: Whom to thank for the data.
        source: Where the data is from.
        model: Name of the checkpoint.
        said: By "diagnosis", "limits" and "not_for", what the file has of them.
        trained: Steps and minutes in words, or that it is a pair; None if the file says neither.
        remembers: Whether the file has a history.
        figures: Quality figures.
    """

    empty: NotRequired[bool]
    problems: list[Bilingual]
    data: str
    licence: Bilingual
    size: Bilingual
    credit: str
    source: str
    model: NotRequired[str | None]
    said: dict[str, Bilingual]
    trained: Bilingual | None
    remembers: bool
    figures: list[FigureRow]


def card(registry: Registry[Model], name: str | None) -> Card:
    """Return the card of a model, with the problems of other files in the folder."""
    problems = [sentence(problem) for problem in registry.problems]
    entry = registry.entry(name)
    if entry is None or entry.header is None:
        return _empty(problems)
    header = entry.header
    return {
        "problems": problems,
        "data": header.data_set,
        "licence": _licence(header.licence),
        "size": both("card.size_only", size=f"{entry.size_bytes / MEGABYTE:.1f}"),
        "credit": header.attribution,
        "source": header.source,
        "model": name,
        "said": {remark: getattr(header, remark) for remark in REMARKS if getattr(header, remark)},
        "trained": _trained(header),
        "remembers": bool(header.history),
        "figures": figures(header),
    }


def _empty(problems: list[Bilingual]) -> Card:
    return {
        "empty": not problems,
        "problems": problems,
        "data": "",
        "licence": {},
        "credit": "",
        "source": "",
        "size": {},
        "said": {},
        "trained": None,
        "remembers": False,
        "figures": [],
    }


def _licence(licence: str) -> Bilingual:
    if licence in PHRASES:
        return both(PHRASES[licence])
    return dict.fromkeys(LANGUAGES, licence)


def _trained(header: Header) -> Bilingual | None:
    """Say how long a model was trained, or of a pair how it writes; None if the file says neither."""
    if "pair" in header.training:
        return both("card.pair")
    own = _duration(header.training)
    before = _duration(header.training.get("started_from", {}))
    if not own:
        return None
    if not before:
        return both("card.trained", **own)
    return both("card.trained.on", **own, before_steps=before["steps"], before_minutes=before["minutes"])


def _duration(training: Mapping[str, Any]) -> dict[str, str]:
    """Return the steps and minutes of a training, formatted; empty if the file does not have both."""
    numbers = {name: training.get(name) for name in ("steps", "minutes")}
    if not all(isinstance(value, int | float) for value in numbers.values()):
        return {}
    return {name: f"{value:,.0f}" for name, value in numbers.items()}
