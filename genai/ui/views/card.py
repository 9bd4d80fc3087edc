"""What a model's card says: data set, licence, size, figures of quality."""

from pathlib import Path
from typing import Any

from genai.checkpoint.header import Header
from genai.language.strings import LANGUAGES, both
from genai.serving.models import Registry
from genai.ui.views.quality import figures
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
MEGABYTE = 1e6
# Names of licences are the same in every language; these are none.
PHRASES = {
    "public domain": "card.public_domain",
    "MIT (the collection); the poems are in the public domain": "card.collection",
}
SAID = ("diagnosis", "limits", "not_for")


def card(registry: Registry[Any], name: str | None) -> dict[str, Any]:
    """The card of a model, with whatever is wrong with other files; JSON for the view."""
    problems = [sentence(problem) for problem in registry.problems]
    entry = registry.entries.get(name) if name else None
    if entry is None or entry.header is None:
        return {"empty": not problems, "problems": problems, "data": "", "licence": {}, "credit": "", "source": "",
                "size": {}, "said": {}, "trained": None, "remembers": False, "figures": []}  # fmt: skip
    header = entry.header
    return {
        "problems": problems,
        "data": header.data_set,
        "licence": both(PHRASES[header.licence]) if header.licence in PHRASES else _same(header.licence),
        "size": both("card.size_only", size=f"{entry.size_bytes / MEGABYTE:.1f}"),
        "credit": header.attribution,
        "source": header.source,
        "model": name,
        "said": {key: getattr(header, key) for key in SAID if getattr(header, key)},
        "trained": both("card.trained", **_training(header)) if _training(header) else None,
        "remembers": bool(header.history),
        "figures": figures(header),
    }


def _training(header: Header) -> dict[str, str]:
    """Steps and minutes of a training; empty if the file does not say."""
    told = header.training
    found = {name: told.get(name) for name in ("steps", "minutes")}
    return {name: f"{value:,.0f}" for name, value in found.items() if isinstance(value, int | float)}


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)
