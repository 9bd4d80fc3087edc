"""The lessons and the quiz, read from JSON files when somebody opens one.

A lesson has a title, "goals", what to do "before" it, the "words" of the glossary for its hand-out, the "sources"
of its facts, its "minutes" and its steps. Every text is bilingual, written as in a tour (see
`genai.ui.tour.content`). A step is that of a tour, with

- "id" and "minutes";
- "text": for the class; "note", "stumbles" and "solo": for the teacher, what to say, where classes stumble, and
  what to do without phones or where the live part fails;
- "activity": of a class room, `{"name", "settings"}`, or None.

A step "from" a tour (`{"tour", "step"}`) or another lesson (`{"lesson", "id"}`) takes from there what it does not
have itself; "more" are paragraphs after the others of its "reveal". The last step of a lesson is its exit ticket:
it has "questions" instead of one question with a demonstration. A question of a ticket, or of the quiz, has
"answers", of which one is "right", and a "reason".
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from genai.ui.tour.content import tours

FOLDER = Path(__file__).parent
LESSONS = ("what", "gan", "double")
Step = dict[str, Any]
Lesson = dict[str, Any]


def lessons(_: object = None) -> dict[str, Lesson]:
    """Return all lessons by their names in addresses, each step complete."""
    return {name: lesson(name) for name in LESSONS}


@cache
def lesson(name: str) -> Lesson:
    """Return a lesson, each step complete.

    Args:
        name: One of `LESSONS`.
    """
    content = _read(name)
    return {**content, "steps": [_complete(step) for step in content["steps"]]}


def quiz(_: object = None) -> dict[str, Any]:
    """Return the quiz: a title and ten questions."""
    return _read("quiz")


def _complete(step: Step) -> Step:
    """Return a step with what it takes from elsewhere."""
    own = {name: value for name, value in step.items() if name not in ("from", "more")}
    whole = {**_origin(step["from"]), **own} if "from" in step else own
    if "more" in step:
        whole["reveal"] = [*whole["reveal"], *step["more"]]
    return whole


def _origin(place: dict[str, Any]) -> Step:
    """Return the step that another one is made from."""
    if "tour" in place:
        tour: Any = tours()[place["tour"]]
        step: Step = tour["steps"][place["step"] - 1]
        return step
    return next(step for step in lesson(place["lesson"])["steps"] if step["id"] == place["id"])


@cache
def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content
