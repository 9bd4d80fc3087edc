"""The lessons on the page: a view beside the tabs, and the part of the Learn tab that lists them.

`?lesson=NAME&step=N` opens a step for the class; `&teacher=1` adds the teacher's notes and clock; `&lock=1` sets
the page up for this step and hides all else. `?lesson=NAME&print=1` shows the hand-out.
"""

from collections.abc import Sequence
from pathlib import Path

from genai.language.strings import LANGUAGES, Bilingual, strings
from genai.lesson.content import lessons, quiz
from genai.ui.panel.context import Context
from genai.ui.tour.content import PARTS, glossary
from genai.ui.views.view import view

FOLDER = Path(__file__).parent / "view"
PHRASES = {
    "minutes": "lesson.minutes",
    "part": "lesson.clock.part",
    "whole": "lesson.clock.whole",
    "room": "lesson.room",
    "answered": "lesson.answered",
    "score": "lesson.score",
}
"""Strings that the scripts write, by the name that they know."""


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


class LessonView:
    """The view beside the tabs: the panel of a lesson, and its hand-out."""

    styles: Sequence[Path] = (FOLDER / "lesson.css", FOLDER / "handout.css", FOLDER / "questions.css")

    def __init__(self) -> None:
        own = ("words", "questions", "teacher", "class", "handout")
        view(
            FOLDER,
            "lesson",
            {"phrases": phrases()},
            elem_id="lab-lesson",
            parts=[*PARTS, *(FOLDER / name for name in own)],
            questions=[lessons, glossary],
        )

    def warm_up(self) -> None:
        """Nothing is to be loaded."""


class LessonPart:
    """The part of the Learn tab: the lessons to choose from, and the quiz."""

    styles: Sequence[Path] = (FOLDER / "part.css",)

    def __init__(self) -> None:
        view(
            FOLDER,
            "part",
            {"phrases": phrases()},
            elem_id="learn-lesson-view",
            parts=[FOLDER / "words", FOLDER / "questions"],
            questions=[lessons, quiz],
        )

    def warm_up(self) -> None:
        """Nothing is to be loaded."""


def build_view(_context: Context) -> LessonView:
    """Lay out the view beside the tabs."""
    return LessonView()


def build_part(_context: Context) -> LessonPart:
    """Lay out the part of the Learn tab."""
    return LessonPart()
