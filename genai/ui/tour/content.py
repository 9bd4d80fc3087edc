"""What the tours and the glossary say; the page asks for it when somebody opens a tour.

A tour is a title and five steps: predict, do, reveal. Every text is bilingual. In it `[[key|words]]` opens an entry
of the glossary and `{name}` stands for a number that the page has shown. A step has

- "question" and "answers": each with a reply; one "happens";
- "task": what to do, and "shows": what the page does by itself. Each show has a link ("set"), then "actions" (open,
  press, fill, play; "when" waits), a part to "point" at, and "numbers": where on the page they are read.
  A number is the text "at" a selector, once "when" is there; "find" takes a group out of it, "over" divides it,
  "word" counts a word in it, "attribute" reads an attribute instead, "count" counts the elements;
- "reveal": paragraphs.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TOURS = ("text", "image", "audio")
GLOSSARY = FOLDER.parent / "words" / "glossary.json"


def tours(_: object = None) -> dict[str, Any]:
    """All tours by the names of their tabs."""
    return {name: _read(FOLDER / f"{name}.json") for name in TOURS}


def glossary(_: object = None) -> dict[str, Any]:
    """All terms by their keys: "term" and "text", both bilingual."""
    return _read(GLOSSARY)


@cache
def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
