"""The Home tab, the first: what the models here make, what generative models are, and ways into the other tabs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from genai.home.content import content
from genai.home.first import first_picture
from genai.home.learning import Learning, LearningAnswer
from genai.home.wall import PiecesAnswer, Wall
from genai.ui.panel.context import Context
from genai.ui.views.view import view
from genai.ui.words.errors import answer_errors

PAGE = Path(__file__).parent / "page"
SCRIPTS = ("motion", "pieces", "wall", "generative", "game", "letters", "curve", "sections")


class HomeTab:
    """The tab.

    Args:
        context: The server's settings.
    """

    name: str = "home"
    styles: Sequence[Path] = (PAGE / "home.css", PAGE / "wall.css", PAGE / "figures.css")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wall = Wall(context)
        self._learning = Learning(context)
        self._first_picture = ""
        with gr.Tab(context.phrasebook.mark("tab.home"), id=self.name, elem_id="tab-home") as self.label:
            view(
                PAGE,
                "home",
                content(),
                elem_id="home-view",
                parts=[PAGE / name for name in SCRIPTS],
                questions=self._questions(),
            )

    def _questions(self) -> list[Any]:
        @answer_errors
        def pieces(question: Mapping[str, Any]) -> PiecesAnswer:
            """Return some pieces of the wall."""
            return self._wall.pieces(question)

        @answer_errors
        def learning(_: Mapping[str, Any]) -> LearningAnswer:
            """Return how models learnt."""
            return self._learning.answer()

        return [pieces, learning]

    def first_picture(self, tabs: Sequence[str]) -> str:
        """Return what a browser shows before Gradio's scripts have run, as HTML; "" until the texts are made."""
        if not self._first_picture:
            self._first_picture = first_picture(self._wall.texts(), tabs)
        return self._first_picture

    def label_update(self) -> gr.Tab:
        """Return the tab with its title anew, for a change of language."""
        return gr.Tab(label=self._context.phrasebook.mark("tab.home"))

    def register(self) -> None:
        """Offer nothing over HTTP."""

    def warm_up(self) -> None:
        """Make the wall, and read how models learnt."""
        self._learning.answer()
        self._wall.make()


def build(context: Context) -> HomeTab:
    """Lay out the tab."""
    return HomeTab(context)
