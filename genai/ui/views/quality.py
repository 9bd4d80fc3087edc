"""The figures of quality as a card shows them: by plain names in both languages, with what stands beside each."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from genai.checkpoint.header import Header
from genai.language.strings import LANGUAGES, Bilingual, both

FIGURES = Path(__file__).parents[1] / "words" / "figures.json"
AT = re.compile(r"(.+)_at_([\d.]+)")  # measured on texts written at that temperature


def figures(header: Header) -> list[dict[str, Any]]:
    """Return a header's figures in its order.

    Returns:
        For each "name", "value", "n", what stands "beside" it (pairs of name and value), and the "protocol", in
        English as the file has it. What is in the file and no figure is left out.
    """
    classes = {name["en"]: name for name in header.classes}
    return [_row(name, told, classes) for name, told in header.metrics.items() if _is_figure(told)]


def named(name: str) -> Bilingual:
    """Return a figure's name in both languages; one that is not ours keeps its own."""
    if (found := AT.fullmatch(name)) and found[1] in terms("figures"):
        plain = terms("figures")[found[1]]
        at = both("card.temperature", temperature=found[2])
        return {language: plain[language] + at[language] for language in LANGUAGES}
    return terms("figures").get(name) or dict.fromkeys(LANGUAGES, name)


@cache
def terms(kind: str) -> Mapping[str, Bilingual]:
    """Return the plain names of "figures", or of what stands "beside" them."""
    words: dict[str, dict[str, Bilingual]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return words[kind]


def _is_figure(told: object) -> bool:
    return (
        isinstance(told, Mapping) and _is_number(told.get("value")) and isinstance(told.get("beside", {}), Mapping)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _row(name: str, told: Mapping[str, Any], classes: Mapping[str, Bilingual]) -> dict[str, Any]:
    known = {**terms("beside"), **classes}
    beside = {other: value for other, value in told.get("beside", {}).items() if _is_number(value)}
    n = told.get("n")
    return {
        "name": named(name),
        "value": f"{told['value']:.4g}",
        "n": f"{n:,}" if _is_number(n) else "",
        "beside": [
            [known.get(other) or dict.fromkeys(LANGUAGES, other), f"{v:.4g}"] for other, v in beside.items()
        ],
        "protocol": str(told.get("protocol", "")),
    }
