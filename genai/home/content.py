"""The words of the Home tab: its sections and the questions with answers, read from a JSON file.

Every text is bilingual. A section has a title, paragraphs and ways in; it may have cards, and a figure, which a
script of the page draws. A card may have a kind and a model, of which it shows a piece. A way is a link into this
page: a query string.
"""

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("content.json")
FIGURES = ("generative", "kinds", "game", "letters", "curve", "rules", "films")
"""That the page can draw."""


@cache
def content() -> dict[str, object]:
    """Return the content: "sections", "rules" and "questions"."""
    words: dict[str, object] = json.loads(FILE.read_text(encoding="utf-8"))
    return words
