"""The tours and the glossary, read from JSON files when somebody opens one.

A tour is a title and five steps: predict, do, reveal. It may name the model that it needs. Every text is bilingual.
In it `[[key|words]]` opens an entry of the glossary and `{name}` stands for a number that the page has shown.
A step has

- "question" and "answers": each with a reply; one "happens";
- "task": what to do, and "shows": demonstrations that the page carries out itself. Each show has a link ("set"),
  then "actions" (open, press, fill, play; "when" waits for an element, "reach" until its number is "at" or more;
  "unless" leaves an action out where there is such an element), an element to "point" at, and "numbers": where on
  the page they are read. A number is the text "at" a selector, once "when" is there; "find" takes the group of a
  regular expression out of it, "over" divides it, "word" counts a word in it, "attribute" reads an attribute
  instead, "count" counts the elements;
- "reveal": paragraphs.

A show may be another one in each language: within it, {"en": ..., "zh-CN": ...} stands for the value of the page's.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
TOURS = ("text", "image", "audio", "text-gpt")
"""The name of a tour begins with that of its tab."""
GLOSSARY = FOLDER.parent / "words" / "glossary.json"
PARTS = tuple(FOLDER / name for name in ("step", "shows", "glossary", "beside"))
"""Of a view that leads through steps."""


def tours(_: object = None) -> dict[str, object]:
    """Return all tours by their names."""
    return {name: _read(FOLDER / f"{name}.json") for name in TOURS}


def further_tours(tab: str, models: Sequence[str]) -> list[dict[str, object]]:
    """Return name and title of a tab's tours beside its first, of those whose model is here."""
    named = {name: _read(FOLDER / f"{name}.json") for name in TOURS if name.startswith(f"{tab}-")}
    return [{"name": name, "title": tour["title"]} for name, tour in named.items() if tour["model"] in models]


def glossary(_: object = None) -> dict[str, object]:
    """Return all terms by their keys: "term" and "text", both bilingual."""
    return _read(GLOSSARY)


@cache
def _read(path: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content
