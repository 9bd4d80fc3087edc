"""The tab that checks files: drop one, read its label, make the result again, compare."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from genai.check.content import MAX_BYTES
from genai.check.examination import OURS, Finding, examine
from genai.language.strings import LANGUAGES, both
from genai.provenance import Label
from genai.ui.panel.context import DEVICE_QUEUE, Context
from genai.ui.panel.settings import link
from genai.ui.views.view import view
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
EMPTY: dict[str, Any] = {"empty": True}
SETTINGS = {
    "label": "label",
    "seed": "seed",
    "truncation": "truncation",
    "prompt": "text.prompt",
    "temperature": "text.temperature",
    "top_k": "text.top_k",
    "top_p": "text.top_p",
}
DEFAULT_LENGTH = 400  # of a text, whose label does not name its length


class CheckTab:
    """The tab. Files are examined in memory and forgotten.

    Args:
        context: The server's settings.
    """

    name: str = "check"
    styles: Sequence[Path] = (FOLDER / "view.css",)

    def __init__(self, context: Context) -> None:
        self._context, mark = context, context.phrasebook.mark
        with gr.Tab(mark("tab.check"), id=self.name, elem_id="tab-check") as self.label:  # noqa: SIM117 - as the page
            with gr.Row(elem_classes="lab-columns", equal_height=False):
                with gr.Column(scale=4, min_width=300, elem_classes="lab-settings"):
                    file = gr.File(label=mark("check.file"), type="binary", height=220, elem_id="check-file")
                    view(FOLDER, "why", {}, elem_id="check-why")
                with gr.Column(scale=8, min_width=300, elem_classes="lab-result"):
                    result = view(FOLDER, "view", EMPTY, elem_id="check-view")
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
        file.upload(self.examine, [file], [result], concurrency_id=DEVICE_QUEUE, concurrency_limit=1, **private)
        file.clear(lambda: EMPTY, None, [result], queue=False, **private)

    def examine(self, content: bytes | None) -> dict[str, Any]:
        """Examine a file; returns what the view shows."""
        try:
            return shown(examine(content or b"", self._context.folder))
        except Exception as error:
            return {"kind": "bug", "sentence": sentence(error), "rows": [], "link": ""}

    def relabelled(self) -> gr.Tab:
        """The tab's title anew, for a change of language."""
        return gr.Tab(label=self._context.phrasebook.mark("tab.check"))

    def register(self) -> None:
        """Offer nothing over HTTP."""

    def warm_up(self) -> None:
        """Load nothing before it is needed."""


def shown(found: Finding) -> dict[str, Any]:
    """A finding as the view shows it: verdict, the label line by line, a link that makes the result again."""
    linked = found.label if found.kind in {*OURS, "altered"} else None
    return {
        "kind": found.kind,
        "sentence": both(f"check.{found.kind}", megabytes=MAX_BYTES // 1_000_000),
        "rows": rows(found.label) if found.label else [],
        "link": again(linked) if linked else "",
    }


def rows(label: Label) -> list[list[Any]]:
    """The lines of a label: what, and its value."""
    names = ("modality", "model", "weights", "precision", "version")
    lines = [[both(f"check.{name}"), value] for name in names if (value := getattr(label, name))]
    settings = [(name, value) for name, value in label.settings.items() if value is not None]
    return lines + [
        [both(SETTINGS[n]) if n in SETTINGS else dict.fromkeys(LANGUAGES, n), str(v)] for n, v in settings
    ]


def again(label: Label) -> str:
    """The address that makes a label's result on the page; a walk has none."""
    if "walk" in label.settings:
        return ""
    extra: dict[str, Any] = {"text": {"length": DEFAULT_LENGTH}, "image": {"count": 1}}.get(label.modality, {})
    settings = {name: "any" if value is None else value for name, value in label.settings.items()}
    return link(label.modality, label.model, {**settings, **extra})


def build(context: Context) -> CheckTab:
    """Lay out the tab."""
    return CheckTab(context)
