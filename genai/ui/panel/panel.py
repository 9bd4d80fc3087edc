"""One tab: model chooser, settings, seed, buttons and a result, wired to a facade."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import gradio as gr
import gradio.events

from genai.errors import GenaiError
from genai.serving.models import Loader, Registry
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.panel.controls import TabFrame, canonical, class_names
from genai.ui.panel.openings import Openings
from genai.ui.panel.requests import PanelRequest, RequestReader
from genai.ui.panel.settings import Setting, Value, link
from genai.ui.views.card import card
from genai.ui.words.errors import http_errors, sentence

Model = TypeVar("Model")
Shown = dict[str, Any]
Pair = tuple[Any, Any]  # what the view and what the notice shows
CLEAR: Shown = {"empty": True}
NOTHING: Pair = (gr.skip(), gr.skip())
ROLL = "() => Math.floor(Math.random() * 2 ** 32)"
STOPPED = "(shown) => [shown?.running ? {...shown, running: false, stopped: true} : shown]"


class Panel(ABC, Generic[Model]):
    """A tab in the making. Nothing in it changes once it is built; every visitor's values live in the page.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings, in the order of links and of the HTTP interface.
        load: The facade's load function.
        preferred: The checkpoint to begin with.
    """

    queue: Mapping[str, Any]
    """How Gradio's queue serves `run` and `follow`."""

    def __init__(
        self, context: Context, name: str, settings: tuple[Setting, ...], load: Loader[Model], preferred: str
    ) -> None:
        self.context, self.name, self.settings = context, name, settings
        self.registry = Registry(name, load, preferred, context.device, context.folder)
        self.reader = RequestReader(name, settings, context.limits.ceilings, self.registry.first)
        self._openings = Openings(settings, lambda model, values: self.finished(PanelRequest(model, values)))

    @abstractmethod
    def run(self, model: Any, *values: Any) -> Any:  # noqa: ANN401 - one request or, in a batch, lists of them
        """Generate what the controls ask for."""

    @abstractmethod
    def follow(self, notice: Any) -> Any:  # noqa: ANN401
        """Generate what a link asks for that `open` or `guided` left to be followed; else leave all as it is."""

    @abstractmethod
    def finished(self, wanted: PanelRequest) -> Shown:
        """What the view shows in the end.

        Raises:
            GenaiError: if it cannot be had.
        """

    @contextmanager
    def tab(
        self, folder: Path, parts: Sequence[Path] = (), questions: Sequence[Callable[..., object]] = ()
    ) -> Iterator[None]:
        """Lay the tab out, its view being the folder's; the settings made within come between model and seed."""
        styles = [part.with_suffix(".css") for part in (folder / "view", *parts)]
        self.styles: Sequence[Path] = [path for path in styles if path.parent == folder and path.exists()]
        self._frame = TabFrame(self.context.phrasebook, self.name, self.registry)
        with self._frame.around(folder, parts=parts, questions=questions):
            yield
        self.label = self._frame.tab

    def relabelled(self) -> gr.Tab:
        """The tab's title anew, for a change of language."""
        return gr.Tab(label=self.context.phrasebook.mark(f"tab.{self.name}"))

    def connect(self, **components: gr.components.Component) -> None:
        """Wire the tab: the components by the names of their settings, all but the seed."""
        frame = self._frame
        controls = [components.get(s.name, frame.seed) for s in self.settings]
        for setting, control in zip(self.settings, controls, strict=True):
            control.value = self._begun.get(setting.name, control.value)
        inputs, outputs = [frame.chooser, *controls], [frame.result, frame.notice]
        everything = [frame.chooser, frame.card, *controls, *outputs]
        # Not preprocessed: Gradio's checks of range speak English. Nor postprocessed: it seeks files in results.
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "preprocess": False}
        device = {**quiet, "show_progress": "minimal", "postprocess": False, **self.queue}
        shared = {**quiet, "show_progress": "minimal", "concurrency_limit": None}
        root = gr.context.Context.root_block
        assert isinstance(root, gr.Blocks)
        roll = frame.roll.click(None, None, frame.seed, js=ROLL, **quiet)
        guided = frame.guide.follow(self.guided, None, everything, show_progress_on=outputs, **shared)
        opened = root.load(self.open, None, everything, concurrency_limit=None, **quiet)
        runs = [
            frame.generate.click(self.run, inputs, outputs, **device),
            roll.then(self.run, inputs, outputs, **device),
            frame.chooser.input(self.change, [frame.chooser], everything, trigger_mode="always_last", **shared),
            *(event for first in (guided, opened)
              for event in (first, first.then(self.follow, [frame.notice], outputs, **device))),
        ]  # fmt: skip
        stop = frame.stop.click(None, None, None, cancels=runs, **quiet)
        stop.then(None, [frame.result], [frame.result], js=STOPPED, **quiet)

    def endpoint(self, function: Callable[..., Any]) -> None:
        """Offer a function over HTTP under its own name, once the page registers it."""
        self._endpoint = function

    def register(self) -> None:
        """Register the tab's endpoint; Gradio wants this outside of its tabs."""
        place = {name: self.queue[name] for name in ("concurrency_id", "concurrency_limit")}
        gradio.events.api(http_errors(self._endpoint), api_name=self._endpoint.__name__, **place)

    def read(self, checkpoint: object, **values: object) -> tuple[Model, dict[str, Value]]:
        """Check what came over HTTP.

        Raises:
            GenaiError: if the model cannot be had or a value is of the wrong type.
        """
        wanted = self.reader.by_controls(checkpoint, [values.get(s.name, s.default) for s in self.settings])
        return self.registry.get(wanted.model), dict(wanted.values)

    def open(self, request: gr.Request) -> tuple[Any, ...]:
        """Fill the tab when the page is opened: with what the address asks for, else with an opening's result.

        Its settings are there already: sent, they would replace what is typed while a busy server prepares it.
        """
        query = dict(request.query_params)
        if links.requested_tab(query) == self.name and ("model" in query or links.names_any(query, self.settings)):
            return self._opened(query)
        _, shown_card, *settings, shown, notice = self._opening(self.registry.first)
        return (gr.skip(), shown_card, *(gr.skip() for _ in settings), shown, notice)

    def guided(self, event: gr.EventData) -> tuple[Any, ...]:
        """Set what a step of a tour asks for by a link, as if the page had been opened with it."""
        return self._opened(links.query_of(str(event.link)))

    def _opened(self, query: Mapping[str, str]) -> tuple[Any, ...]:
        if links.requested_tab(query) != self.name:
            return self._opening(self.registry.first)
        try:
            wanted = self.reader.by_link(query)
            self.registry.header(wanted.model)
            if not links.names_any(query, self.settings):
                return self._opening(wanted.model)
            return (*self._filled(wanted), gr.skip(), {**CLEAR, "follow": links.link_of(query)})
        except Exception as error:
            return (*self._opening(self.registry.first)[:-1], {"sentence": sentence(error)})

    def change(self, model: str | None) -> tuple[Any, ...]:
        """Show another model's opening."""
        return self._opening(model)

    def warm_up(self) -> None:
        """Make the opening before the first visitor asks for it."""
        if (model := self.registry.first) is not None:
            self._opening(model)

    def failed(self, error: Exception, *, followed: bool = False) -> Pair:
        """Tell what went wrong; where a link was followed there is no result yet, so an opening stands in."""
        shown = self._opening(self.registry.first)[-2] if followed else gr.skip()
        return shown, {"sentence": sentence(error)}

    def dressed(self, wanted: PanelRequest, shown: Shown) -> Shown:
        """What was produced, with what every view shows: the model's title and the link of the result."""
        title, address = self.registry.header(wanted.model).title, link(self.name, str(wanted.model), wanted.values)
        return {"title": title, "link": address, "running": False, **shown}

    def _opening(self, model: str | None) -> tuple[Any, ...]:
        try:
            values = self._openings.values(self.registry.header(model).openings)
            return (*self._filled(PanelRequest(model, values)), self._openings.get(str(model), values), CLEAR)
        except Exception as error:
            kept = [gr.skip() for _ in self.settings]
            return (gr.skip(), card(self.registry, None), *kept, CLEAR, {"sentence": sentence(error)})

    @property
    def _begun(self) -> Mapping[str, Value]:
        """What the controls hold for the first model's opening; nothing where it cannot be used."""
        try:
            values = self._openings.values((header := self.registry.header(self.registry.first)).openings)
            return values | ({"label": canonical(header, values["label"])} if "label" in values else {})
        except GenaiError:
            return {}

    def _filled(self, wanted: PanelRequest) -> tuple[Any, ...]:
        """Updates of the chooser, the card and the settings."""
        header, updates = self.registry.header(wanted.model), dict[str, object](wanted.values)
        if "label" in wanted.values:
            updates["label"] = class_names(self.context.phrasebook, header, wanted.values["label"])
        return (wanted.model, card(self.registry, wanted.model), *updates.values())
