"""The quality figures of a card, by plain names in both languages, with what each is to be compared with."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict, TypeGuard

from genai.checkpoint.header import Header
from genai.language.strings import LANGUAGES, Bilingual, both
from genai.ui.words.protocols import protocol_in_both

FIGURES = Path(__file__).parents[1] / "words" / "figures.json"
# Measured on texts written at that temperature, and from that nucleus or the typical characters.
AT = re.compile(r"(.+)_at_([\d.]+)(?:_(top_p|typical_p)_([\d.]+))?")
SELECTED = {"top_p": "card.nucleus", "typical_p": "card.typical"}


class FigureRow(TypedDict):
    """One figure as the card shows it.

    Attributes:
        name: In plain words.
        value: To four digits.
        n: Items that it was measured on; empty if unknown.
        beside: Pairs of name and value, to compare.
        protocol: How it was measured.
    """

    name: Bilingual
    value: str
    n: str
    beside: list[list[Bilingual | str]]
    protocol: Bilingual


def figures(header: Header) -> list[FigureRow]:
    """Return a header's figures in its order; entries that are no figures are left out."""
    classes = {name["en"]: name for name in header.classes}
    return [_row(name, figure, classes) for name, figure in header.metrics.items() if _is_figure(figure)]


def named(name: str) -> Bilingual:
    """Return a figure's name in both languages; one that is not ours keeps its own."""
    match = AT.fullmatch(name)
    if match and match[1] in terms("figures"):
        plain = terms("figures")[match[1]]
        key = SELECTED[match[3]] if match[3] else "card.temperature"
        suffix = both(key, temperature=match[2], p=match[4])
        return {language: plain[language] + suffix[language] for language in LANGUAGES}
    return terms("figures").get(name) or _untranslated(name)


def logged_name(name: str) -> Bilingual:
    """Return the name of a number logged in training in both languages; one that is not ours keeps its own."""
    return terms("logged").get(name) or _untranslated(name)


@cache
def terms(kind: str) -> Mapping[str, Bilingual]:
    """Return the plain names of "figures", of what stands "beside" them, or of the numbers "logged" in training."""
    words: dict[str, dict[str, Bilingual]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return words[kind]


def _is_figure(entry: object) -> TypeGuard[Mapping[str, object]]:
    return (
        isinstance(entry, Mapping)
        and _is_number(entry.get("value"))
        and isinstance(entry.get("beside", {}), Mapping)
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _row(name: str, figure: Mapping[str, object], classes: Mapping[str, Bilingual]) -> FigureRow:
    beside = figure.get("beside", {})
    assert isinstance(beside, Mapping)  # as _is_figure made sure
    names = {**terms("beside"), **classes}
    n = figure.get("n")
    return {
        "name": named(name),
        "value": f"{figure['value']:.4g}",
        "n": f"{n:,}" if _is_number(n) else "",
        "beside": [
            [names.get(other) or _untranslated(other), f"{value:.4g}"]
            for other, value in beside.items()
            if _is_number(value)
        ],
        "protocol": protocol_in_both(str(figure.get("protocol", ""))),
    }


def _untranslated(name: str) -> Bilingual:
    return dict.fromkeys(LANGUAGES, name)
