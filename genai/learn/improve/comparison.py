"""Two runs side by side: what differs between them, what they cost and what they gave, in words and figures."""

from collections.abc import Mapping
from typing import Any, TypedDict

from genai.language.strings import LANGUAGES, Bilingual, both
from genai.learn.improve.record import Record
from genai.ui.views.quality import named

NO_CHANGE = {"device", "threads", "save_minutes", "minutes", "steps", "characters"}
"""Settings that are no difference between trainings, or are shown as what the run learnt from and how long."""

SETTINGS = {
    "loss": "learn.setting.loss",
    "r1": "learn.setting.r1",
    "r2": "learn.setting.r2",
    "normalisation": "learn.setting.normalisation",
    "layout": "learn.setting.layout",
    "learning_rate": "learn.setting.learning_rate",
    "input_dropout": "learn.setting.input_dropout",
    "layer_dropout": "learn.setting.layer_dropout",
    "output_dropout": "learn.setting.output_dropout",
    "weight_drop": "learn.setting.weight_drop",
    "weight_decay": "learn.setting.weight_decay",
    "head": "learn.setting.head",
    "phase_shuffle": "learn.setting.phase_shuffle",
}
"""The strings that name settings."""
VALUES = {
    "logistic": "learn.value.logistic",
    "relativistic": "learn.value.relativistic",
    "batch": "learn.value.batch",
    "none": "learn.value.none",
    "paper": "learn.value.paper",
    "paired": "learn.value.paired",
    "waveform": "learn.value.waveform",
    "spectrum": "learn.value.spectrum",
}
"""The strings for values of settings that are words."""
ITEMS = {"image": "learn.items.image", "text": "learn.items.text"}
"""What a model learns from, by modality."""


class Row(TypedDict):
    """A line of a comparison.

    Attributes:
        name: Of what is compared.
        values: Of both runs, in the order of the comparison.
        note: How it was measured, or what real data reaches; empty if nothing is to be said.
    """

    name: Bilingual
    values: list[Bilingual]
    note: Bilingual


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Return the settings that both runs have and that differ."""
    return [
        _row(both(SETTINGS[name]), _value(before[name]), _value(after[name])) for name in different(before, after)
    ]


def different(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that both runs have and that differ."""
    return [name for name in before if name in after and name not in NO_CHANGE and before[name] != after[name]]


def amounts(name: str, before: float, after: float) -> Row:
    """Return a line with two numbers, by the name of a string."""
    return _row(both(name), plain(before), plain(after))


def changed(before: Record, after: Record) -> list[Row]:
    """Return what the second run has that the first has not."""
    rows = differences(before.settings, after.settings)
    if before.items != after.items:
        rows.append(amounts(ITEMS[after.modality], before.items, after.items))
    if before.steps != after.steps:
        rows.append(amounts("learn.steps", before.steps, after.steps))
    return rows


def cost(before: Record, after: Record) -> list[Row]:
    """Return how many steps the runs made, and the minutes of a processor core that these took."""
    return [
        amounts("learn.steps", before.steps, after.steps),
        amounts("learn.minutes", before.minutes, after.minutes),
    ]


def gave(before: Record, after: Record) -> list[Row]:
    """Return the figures of quality of both runs."""
    rows = []
    for name, figure in before.figures.items():
        other = after.figures[name]
        row = _row(named(name), plain(figure["value"]), plain(other["value"]))
        row["note"] = both("learn.improve.n", n=f"{figure['n']:,}")
        rows.append(row)
    return rows


def _row(name: Bilingual, before: Bilingual, after: Bilingual) -> Row:
    return {"name": name, "values": [before, after], "note": {}}


def _value(value: object) -> Bilingual:
    """Return a setting's value: a word of ours in both languages, or as it is."""
    return both(VALUES[value]) if isinstance(value, str) and value in VALUES else plain(value)


def plain(value: object) -> Bilingual:
    """Return a value as both languages write it; a fraction with four significant digits."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)
    return dict.fromkeys(LANGUAGES, text)
