"""The page: a header, and a tab for each modality."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from starlette.middleware import Middleware

from genai.serving.guard.cache import Cache
from genai.serving.guard.guard import Guard
from genai.ui.page.compression import Compression
from genai.ui.page.error_mapping import Blame
from genai.ui.page.gradio_patches import skip_unused_work
from genai.ui.page.theme import theme
from genai.ui.panel.batched import MAX_VISITORS
from genai.ui.panel.context import Context
from genai.ui.tour import content
from genai.ui.views import files
from genai.ui.views.view import view

FOLDER = Path(__file__).parent
UI = FOLDER.parent
TOUR = UI / "tour"
VIEWS = ("card", "result", "strip", "inside", "walk", "latent", "census")
STYLES = (
    FOLDER / "page.css",
    UI / "panel" / "controls.css",
    *(UI / "views" / f"{name}.css" for name in VIEWS),
    TOUR / "tour.css",
    TOUR / "step.css",
)

SESSIONS = 200
"""Visitors whose state Gradio keeps, a few hundred kB each; nothing is lost with it, the page has all it needs."""
THREADS = 128
"""Growing texts take one each, and questions of views."""
UNSEEN: dict[str, Any] = {"run_history": False, "enable_monitoring": False}
"""What others asked for is nobody's business."""

SELECT = """() => {
  const query = new URLSearchParams(location.search);
  const selected = NAMES.find((name) => name === (query.get("tab") || query.get("tour")));
  return {__type__: "update", ...(selected && {selected})};
}"""


class Tab(Protocol):
    """What the page asks of a tab."""

    name: str
    label: gr.Tab
    styles: Sequence[Path]

    def relabelled(self) -> gr.Tab:
        """The title anew, for a change of language."""

    def register(self) -> None:
        """Offer the tab's endpoints; Gradio wants this outside of its tabs."""

    def warm_up(self) -> None:
        """Load what the first visitor will need."""


Build = Callable[[Context], Tab]


class Page:
    """The Gradio application and its tabs.

    Args:
        builders: The tabs' build functions, in order.
        context: The server's settings.
        language: Language of visitors whose address and history name none; None leaves it to their browser.
    """

    def __init__(self, builders: Sequence[Build], context: Context, language: str | None = None) -> None:
        self._context, self._language = context, language
        files.folder()
        with gr.Blocks(
            title="Generative AI Lab", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
        ) as self.blocks:
            header = view(FOLDER, "header", elem_id="lab-header")
            with gr.Tabs(elem_id="lab-tabs") as tabs:
                self.panels = [build(context) for build in builders]
            for panel in self.panels:
                panel.register()
            view(TOUR, "tour", elem_id="lab-tour", parts=[TOUR / "step", TOUR / "shows", TOUR / "glossary"],
                 questions=[content.tours, content.glossary])  # fmt: skip
            self._wire(header, tabs)

    def _wire(self, header: gr.HTML, tabs: gr.Tabs) -> None:
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
        labels = [panel.label for panel in self.panels]
        header.language(self._relabelled, None, labels, **quiet)
        # In the browser: an answer of a busy server would come after the visitor has chosen another tab.
        opened = SELECT.replace("NAMES", json.dumps([panel.name for panel in self.panels]))
        self.blocks.load(None, None, [tabs], js=opened, **quiet).then(self._relabelled, None, labels, **quiet)

    def _relabelled(self) -> list[gr.Tab]:
        """Gradio translates the titles of closed tabs only when they are sent again."""
        return [panel.relabelled() for panel in self.panels]

    def launch(
        self,
        host: str,
        port: int | None,
        auth: tuple[str, str] | None = None,
        *,
        browser: bool = False,
        mcp: bool = False,
    ) -> str:
        """Serve the page in the background; returns its address.

        Args:
            host: Address to serve at.
            port: Port to serve at; None takes a free one.
            auth: Name and password that visitors must give.
            browser: Whether to open the page in a browser.
            mcp: Whether to offer the endpoints as tools of an MCP server too.

        Raises:
            OSError: if the port cannot be had.
        """
        limits = self._context.limits
        self.blocks.queue(default_concurrency_limit=None, max_size=limits.waiting)
        self.blocks.launch(
            **self._looks(),
            **UNSEEN,
            prevent_thread_lock=True,
            quiet=True,
            server_name=host,
            server_port=port,
            auth=auth,
            inbrowser=browser,
            mcp_server=mcp,
            max_file_size=limits.upload_bytes,
            max_threads=THREADS,
            state_session_capacity=SESSIONS,
            app_kwargs=self._guarded(login=auth is not None),
        )
        skip_unused_work(self.blocks)
        return str(self.blocks.local_url)

    def _looks(self) -> dict[str, Any]:
        return {
            "theme": theme(),
            "css_paths": [*STYLES, *(style for panel in self.panels for style in panel.styles)],
            "js": self.script(),
            "i18n": self._context.phrasebook.translations(),
            "footer_links": [] if self._context.limits.closed else ["api"],
        }

    def _guarded(self, *, login: bool) -> dict[str, Any]:
        guard = Middleware(Guard, limits=self._context.limits, login=login, patience=self._patience)
        hidden = {"openapi_url": None, "docs_url": None, "redoc_url": None}
        # Compressed before they are kept: what comes compressed, Gradio's own compression passes on.
        kept = [Middleware(Cache, alike=not login), Middleware(Compression, quality=5)]
        return {"middleware": [guard, *kept, Middleware(Blame)], **hidden}

    def _patience(self) -> float:
        """Estimate the seconds until the last of the queue is served: batch after batch, each as long as so far."""
        queue = self.blocks._queue
        times = [kind.avg_time for kind in queue.process_time_per_fn.values()]
        return len(queue) / MAX_VISITORS * (sum(times) / len(times) if times else 1.0)

    def script(self) -> str:
        """The page's own script, which knows the language asked for at start."""
        return (FOLDER / "page.js").read_text(encoding="utf-8").replace("FALLBACK", self._language or "")

    def warm_up(self) -> threading.Thread:
        """Load the models that are shown first, behind the page."""

        def work() -> None:
            for panel in self.panels:
                panel.warm_up()

        thread = threading.Thread(target=work, name="warm-up", daemon=True)
        thread.start()
        return thread
