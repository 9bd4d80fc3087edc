"""The tab that checks files: drop one, see its label and whether the same result comes out again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from genai.check.examination import OURS, Finding, examine
from genai.check.words import saved_as, verdict
from genai.language.strings import LANGUAGES, both
from genai.provenance import Label
from genai.ui.panel.context import DEVICE_QUEUE, Context
from genai.ui.panel.links import link
from genai.ui.views.view import view
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
EMPTY: dict[str, Any] = {"empty": True}
SETTING_TERMS = {
    "label": "label",
    "seed": "seed",
    "truncation": "truncation",
    "prompt": "text.prompt",
    "temperature": "text.temperature",
    "top_k": "text.top_k",
    "top_p": "text.top_p",
}
"""From the name of a setting in a label to the key of its term in the page's languages."""
DEFAULT_LENGTH = 400
"""Characters of a text in the link, since its label does not hold the length."""


class CheckTab:
    """The tab. Files are examined in memory and not kept.

    Args:
        context: The server's settings.
    """

    name: str = "check"
    styles: Sequence[Path] = (FOLDER / "view.css",)

    def __init__(self, context: Context) -> None:
        self._context = context
        mark = context.phrasebook.mark
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
            return to_view(examine(content or b"", self._context.folder))
        except Exception as error:
            return {"kind": "bug", "sentence": sentence(error), "rows": [], "link": ""}

    def label_update(self) -> gr.Tab:
        """Return the tab with its title anew, for a change of language."""
        return gr.Tab(label=self._context.phrasebook.mark("tab.check"))

    def register(self) -> None:
        """Offer nothing over HTTP."""

    def warm_up(self) -> None:
        """Load nothing before it is needed."""


def to_view(finding: Finding) -> dict[str, Any]:
    """Return a finding as the view shows it: verdict, rows of the label, link to generate the result again."""
    label = finding.label
    is_reproducible = finding.kind in {*OURS, "reduced", "altered"}
    return {
        "kind": finding.kind,
        "sentence": verdict(finding),
        "saved_as": saved_as(finding),
        "rows": label_rows(label) if label else [],
        "link": link_to(label) if label and is_reproducible and finding.is_on_page else "",
    }


def label_rows(label: Label) -> list[list[Any]]:
    """Return the rows of a label: a term in each language, and its value."""
    values = {
        "check.modality": label.modality,
        "check.model": label.model,
        "check.weights": label.sha256,
        "check.precision": label.precision,
        "check.version": label.version,
    }
    rows: list[list[Any]] = [[both(key), value] for key, value in values.items() if value]
    for name, value in label.settings.items():
        if value is not None and name != "lead_in":  # line breaks, which say nothing in a table
            term = both(SETTING_TERMS[name]) if name in SETTING_TERMS else dict.fromkeys(LANGUAGES, name)
            rows.append([term, str(value)])
    return rows


def link_to(label: Label) -> str:
    """Return the address that makes a label's result on the page; empty for a walk, which has none."""
    if "walk" in label.settings:
        return ""
    settings: dict[str, Any] = {name: "any" if value is None else value for name, value in label.settings.items()}
    settings.pop("lead_in", None)  # the page reads the model's own
    if label.modality == "text":
        settings["length"] = DEFAULT_LENGTH
    if label.modality == "image":
        settings["count"] = 1
    return link(label.modality, label.model, settings)


def build(context: Context) -> CheckTab:
    """Lay out the tab."""
    return CheckTab(context)
