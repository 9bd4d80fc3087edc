"""The page: a header, and a tab for each modality."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypedDict, runtime_checkable

import gradio as gr
from starlette.middleware import Middleware

from genai.language.strings import both
from genai.serving.certificate import Certificate
from genai.serving.guard.cache import Cache
from genai.serving.guard.guard import Guard
from genai.serving.live.stream import Access, EventStream
from genai.ui.page.compression import Compression
from genai.ui.page.error_mapping import ErrorMapping
from genai.ui.page.first_picture import FirstPicture
from genai.ui.page.gradio_patches import estimated_wait, skip_unused_work
from genai.ui.page.login import is_logged_in
from genai.ui.page.start_language import StartLanguage
from genai.ui.page.theme import theme
from genai.ui.panel.batched import MAX_VISITORS
from genai.ui.panel.context import Context
from genai.ui.panel.panel import Panel
from genai.ui.tour import content
from genai.ui.views import files
from genai.ui.views.view import view
from genai.ui.words.errors import sentence

FOLDER = Path(__file__).parent
UI = FOLDER.parent
TOUR = UI / "tour"
VIEWS = ("card", "result", "strip", "inside", "walk", "latent", "census", "player")
STYLES = (
    FOLDER / "page.css",
    UI / "panel" / "controls.css",
    *(UI / "views" / f"{name}.css" for name in VIEWS),
    TOUR / "tour.css",
    TOUR / "step.css",
)

MAX_SESSIONS = 200
"""Visitors whose state Gradio keeps, a few hundred kB each. The others lose nothing: the page itself has it all."""
MAX_THREADS = 128
"""Threads of the server: each growing text and each question of a view takes one."""

SELECT_TAB = """() => {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("tab") || query.get("tour")?.split("-")[0] || (query.has("model") && "WITH_MODELS");
  const selected = NAMES.find((name) => name === wanted);
  return {__type__: "update", ...(selected && {selected})};
}"""


class EventOptions(TypedDict):
    """Options of the listeners of the page's own events."""

    api_visibility: Literal["private"]
    show_progress: Literal["hidden"]
    show_progress_on: list[gr.components.Component]
    queue: bool


# Also a hidden progress is kept for each output, and at each event of the page Gradio copies the properties of all
# components that have one, with all that is inside of them: of a tab, half of the page.
SILENT: EventOptions = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "show_progress_on": [],
    "queue": False,
}


class Tab(Protocol):
    """What the page needs of a tab."""

    name: str
    label: gr.Tab
    styles: Sequence[Path]

    def label_update(self) -> gr.Tab:
        """Return an update of the title, for a change of language."""

    def register(self) -> None:
        """Register the tab's endpoints; Gradio wants this outside of its tabs."""

    def warm_up(self) -> None:
        """Load what the first visitor will need."""


@runtime_checkable
class FirstTab(Protocol):
    """What the page needs of its first tab, where that can be seen before Gradio's scripts have run."""

    def first_picture(self, tabs: Sequence[str]) -> str:
        """Return the tab as HTML, given the names of all; "" while there is nothing to see."""


Build = Callable[[Context], Tab]


class View(Protocol):
    """What the page needs of a view beside the tabs."""

    styles: Sequence[Path]

    def warm_up(self) -> None:
        """Start what the first visitor will need."""


BuildView = Callable[[Context], View]


class Page:
    """The Gradio application and its tabs.

    Args:
        builders: The tabs' build functions, in order.
        context: The server's settings.
        beside: Functions that lay out the views beside the tabs, which are there whatever tab is open.
    """

    def __init__(self, builders: Sequence[Build], context: Context, beside: Sequence[BuildView] = ()) -> None:
        self._context = context
        files.folder()
        with gr.Blocks(
            title="Generative AI Lab", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
        ) as self.blocks:
            header = view(FOLDER, "header", elem_id="lab-header")
            with gr.Tabs(elem_id="lab-tabs") as tabs:
                self.panels = [build(context) for build in builders]
            for panel in self.panels:
                panel.register()
            view(
                TOUR,
                "tour",
                elem_id="lab-tour",
                parts=list(content.PARTS),
                questions=[content.tours, content.glossary],
            )
            self.views = [build_view(context) for build_view in beside]
            self._connect(header, tabs)

    def _connect(self, header: gr.HTML, tabs: gr.Tabs) -> None:
        labels = [panel.label for panel in self.panels]
        header.language(self._label_updates, None, labels, **SILENT)
        # In the browser: the answer of a busy server would come after the visitor has chosen another tab.
        select_tab = SELECT_TAB.replace("NAMES", self._names()).replace("WITH_MODELS", self._first_with_models())
        selected = self.blocks.load(None, None, [tabs], js=select_tab, **SILENT)
        selected.then(self._label_updates, None, labels, **SILENT)
        for panel in self.panels:
            panel.label.select(
                None, None, None, js=f"() => window.lab?.showTab({json.dumps(panel.name)})", **SILENT
            )

    def _pieces(self) -> list[Tab | View]:
        return [*self.panels, *self.views]

    def _names(self) -> str:
        """Return the names of the tabs as a JavaScript array."""
        return json.dumps([panel.name for panel in self.panels])

    def _first_with_models(self) -> str:
        """Return the name of the first tab that generates; "" where none does."""
        return next((panel.name for panel in self.panels if isinstance(panel, Panel)), "")

    def _label_updates(self) -> list[gr.Tab]:
        """Return updates of all titles: Gradio translates those of closed tabs only when they are sent again."""
        return [panel.label_update() for panel in self.panels]

    def launch(
        self,
        host: str,
        port: int | None,
        auth: tuple[str, str] | None = None,
        *,
        mcp: bool = False,
        certificate: Certificate | None = None,
    ) -> str:
        """Serve the page in the background; returns its address.

        Args:
            host: Address to serve at; one of IPv6 in brackets.
            port: Port to serve at; None takes a free one.
            auth: Name and password that visitors must give.
            mcp: Whether to offer the endpoints as tools of an MCP server too.
            certificate: For https; None serves over http.

        Raises:
            OSError: if the port cannot be had.
        """
        limits = self._context.limits
        self.blocks.queue(default_concurrency_limit=None, max_size=limits.max_queue)
        self.blocks.launch(
            theme=theme(),
            css_paths=[*STYLES, *(style for piece in self._pieces() for style in piece.styles)],
            js=self.script(),
            i18n=self._context.phrasebook.translations(),
            footer_links=[] if limits.closed else ["api"],
            run_history=False,  # what a visitor has requested is nobody else's business
            enable_monitoring=False,
            prevent_thread_lock=True,
            quiet=True,
            server_name=host,
            server_port=port,
            auth=auth,
            share=False,  # else Gradio opens a link without our limits where GRADIO_SHARE or a notebook asks for it
            mcp_server=mcp,
            ssl_certfile=str(certificate.path) if certificate else None,
            ssl_keyfile=str(certificate.key_path) if certificate else None,
            ssl_verify=certificate is None,  # Gradio requests the page once; nobody has certified ours
            max_file_size=limits.upload_bytes,
            # Else Gradio requests the whole page and gives up after 3 s, where a busy machine may need longer. It
            # has waited for its own start-up request before.
            _frontend=False,
            max_threads=MAX_THREADS,
            state_session_capacity=MAX_SESSIONS,
            app_kwargs=self._app_options(login=auth is not None),
        )
        skip_unused_work(self.blocks)
        return str(self.blocks.local_url)

    def _app_options(self, *, login: bool) -> dict[str, object]:
        """Return the options of the FastAPI application: our middleware and route, no API pages."""

        def estimate_wait() -> float:
            return estimated_wait(self.blocks, MAX_VISITORS)

        # A page that asks for a name and a password first shows nothing of the tabs.
        first_picture = str if login else self._first_picture
        middleware = [  # outermost first
            Middleware(Guard, limits=self._context.limits, login=login, estimate_wait=estimate_wait),
            Middleware(Cache, same_for_all=not login, version=lambda: str(bool(first_picture()))),
            Middleware(Compression, quality=5),  # inside the cache, which keeps what is compressed
            Middleware(ErrorMapping),
            Middleware(StartLanguage, fallback=self._context.language),
            Middleware(FirstPicture, picture=first_picture),
        ]
        stream = EventStream(self._context.hub, sentence, Access(may_watch=is_logged_in, is_ending=self._is_ending))
        routes = [stream.route()]
        return {
            "middleware": middleware,
            "routes": routes,
            "openapi_url": None,
            "docs_url": None,
            "redoc_url": None,
        }

    def _first_picture(self) -> str:
        """Return the first tab as it is seen before Gradio's scripts have run; "" for nothing."""
        first = self.panels[0] if self.panels else None
        if not isinstance(first, FirstTab):
            return ""
        return first.first_picture([panel.name for panel in self.panels])

    def _is_ending(self) -> bool:
        """Return whether the server has been told to stop."""
        server = self.blocks.server
        return server is not None and server.should_exit

    def script(self) -> str:
        """Return the page's script with live.js and the tabs filled in."""
        script = (FOLDER / "page.js").read_text(encoding="utf-8")
        live = (FOLDER / "live.js").read_text(encoding="utf-8")
        lost = json.dumps(both("live.lost"), ensure_ascii=False)
        filled_in = {
            "LIVE_STREAM;": live.replace("LOST;", lost + ";"),
            "NAMES;": f"{self._names()};",
            "WITH_MODELS": self._first_with_models(),
        }
        for name, text in filled_in.items():
            script = script.replace(name, text)
        return script

    def warm_up(self) -> threading.Thread:
        """Load the models that are shown first, in a thread, while the page is served."""

        def work() -> None:
            for piece in self._pieces():
                piece.warm_up()

        thread = threading.Thread(target=work, name="warm-up", daemon=True)
        thread.start()
        return thread
