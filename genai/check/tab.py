"""The tab that checks files: drop one, see its label and whether the same result comes out again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from genai.check.archive import files_in, is_archive
from genai.check.comparison import compare
from genai.check.examination import OURS, Examiner, Finding
from genai.check.words import label_rows, saved_as, verdict
from genai.language.strings import both
from genai.provenance import Label
from genai.ui.panel.context import DEVICE_QUEUE, Context
from genai.ui.panel.links import link
from genai.ui.views.view import view
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
EMPTY: dict[str, Any] = {"empty": True}
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
        """Examine a file, or all files of a ZIP; returns what the view shows."""
        examiner = Examiner(self._context.folder)
        try:
            if content and is_archive(content):
                return archive_to_view(examiner, content)
            return to_view(examiner.examine(content or b""))
        except Exception as error:
            return {"kind": "bug", "sentence": sentence(error), "rows": [], "link": ""}

    def label_update(self) -> gr.Tab:
        """Return the tab with its title anew, for a change of language."""
        return gr.Tab(label=self._context.phrasebook.mark("tab.check"))

    def register(self) -> None:
        """Offer nothing over HTTP."""

    def warm_up(self) -> None:
        """Load nothing before it is needed."""


def to_view(finding: Finding, *, hear: bool = True) -> dict[str, Any]:
    """Return a finding as the view shows it: verdict, comparison, rows of the label, link to generate it again.

    Args:
        finding: Of one file.
        hear: Whether sounds can be played.
    """
    label = finding.label
    is_reproducible = finding.kind in {*OURS, "reduced", "altered"}
    return {
        "kind": finding.kind,
        "sentence": verdict(finding),
        "saved_as": saved_as(finding),
        "comparison": compare(finding, hear=hear),
        "rows": label_rows(finding),
        "link": link_to(label) if label and is_reproducible and finding.is_on_page else "",
    }


def archive_to_view(examiner: Examiner, content: bytes) -> dict[str, Any]:
    """Return the findings of all files in a ZIP as the view shows them; sounds without players, to keep it small.

    Raises:
        DataError: if the ZIP cannot be read.
    """
    items = [
        {"name": file.name, **to_view(examiner.examine(file.content), hear=False)} for file in files_in(content)
    ]
    ours = sum(item["kind"] in OURS for item in items)
    return {
        "kind": "archive",
        "sentence": both("check.archive", count=len(items), ours=ours),
        "all_ours": ours == len(items) > 0,
        "items": items,
    }


def link_to(label: Label) -> str:
    """Return the address that makes a label's result on the page; empty for a walk or a score, which has none."""
    if label.settings.keys() & {"walk", "score"}:
        return ""
    request = label.settings.get("sheet", label.settings)
    settings: dict[str, Any] = {name: "any" if value is None else value for name, value in request.items()}
    settings.pop("enlarged", None)
    settings.pop("lead_in", None)  # the page reads the model's own
    if label.modality == "text":
        settings["length"] = DEFAULT_LENGTH
    if label.modality == "image":
        settings.setdefault("count", 1)
    return link(label.modality, label.model, settings)


def build(context: Context) -> CheckTab:
    """Lay out the tab."""
    return CheckTab(context)
