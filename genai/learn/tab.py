"""The Learn tab: one part at a time, chosen by buttons above."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import gradio as gr

from genai.learn.game import page as game_page
from genai.learn.improve import page as improve_page
from genai.learn.museum import page as museum_page
from genai.learn.train import page as train_page
from genai.ui.panel.context import Context
from genai.ui.views.view import view

PAGE = Path(__file__).parent / "page"


class Part(Protocol):
    """What the tab needs of a part."""

    styles: Sequence[Path]

    def warm_up(self) -> None:
        """Load or start what the first visitor will need."""


BuildPart = Callable[[Context], Part]

PARTS: dict[str, BuildPart] = {
    "game": game_page.build,
    "train": train_page.build,
    "improve": improve_page.build,
    "museum": museum_page.build,
}
"""Functions that lay out a part, by its name in addresses (`?tab=learn&part=NAME`); `learn.part.NAME` is the string
on its button."""


class LearnTab:
    """The tab.

    Args:
        context: The server's settings.
        parts: Functions that lay out its parts, by name, in the order of their buttons.
    """

    name: str = "learn"

    def __init__(self, context: Context, parts: Mapping[str, BuildPart]) -> None:
        self._context = context
        self.parts: list[Part] = []
        with gr.Tab(context.phrasebook.mark("tab.learn"), id=self.name, elem_id="tab-learn") as self.label:
            view(PAGE, "parts", {"parts": list(parts)}, elem_id="learn-parts")
            for name, build_part in parts.items():
                with gr.Column(elem_id=f"learn-{name}", elem_classes="lab-part"):
                    self.parts.append(build_part(context))
        self.styles: Sequence[Path] = (PAGE / "parts.css", *(style for part in self.parts for style in part.styles))

    def label_update(self) -> gr.Tab:
        """Return the tab with its title anew, for a change of language."""
        return gr.Tab(label=self._context.phrasebook.mark("tab.learn"))

    def register(self) -> None:
        """Offer nothing over HTTP."""

    def warm_up(self) -> None:
        """Load or start what the first visitor of each part will need."""
        for part in self.parts:
            part.warm_up()


def build(context: Context, parts: Mapping[str, BuildPart] = PARTS) -> LearnTab:
    """Lay out the tab, with other parts than its own where folders above add some."""
    return LearnTab(context, parts)
