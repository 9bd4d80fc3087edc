"""One tab: model chooser, settings, seed, buttons and a result, wired to a facade."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import gradio as gr
import gradio.events

from genai.ui import visit
from genai.ui.card import card
from genai.ui.context import DEVICE_QUEUE, Context
from genai.ui.controls import Frame, class_names
from genai.ui.errors import answered, sentence
from genai.ui.openings import Openings
from genai.ui.registry import Loader, Registry
from genai.ui.settings import Setting, Value, link

Model = TypeVar("Model")
Shown = dict[str, Any]
CLEAR: Shown = {"empty": True}
ROLL = "() => Math.floor(Math.random() * 2 ** 32)"
STOPPED = "(shown) => [shown?.running ? {...shown, running: false, stopped: true} : shown]"


class Panel(Generic[Model]):
    """A tab in the making. Nothing in it changes once it is built; every visitor's values live in the page.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings, in the order of links and of the HTTP interface.
        load: The facade's load function.
        produce: From a model and settings to what the view shows, growing if it comes in parts. Adds "running"
            while there is more to come.
        preferred: The checkpoint to begin with.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        settings: tuple[Setting, ...],
        load: Loader[Model],
        produce: Callable[[Model, Mapping[str, Value]], Iterator[Shown]],
        preferred: str,
    ) -> None:
        self.context, self.name, self.settings = context, name, settings
        self.registry = Registry(name, load, preferred, context.device, context.folder)
        self._produce = produce
        self._openings = Openings(settings, lambda model, values: list(self._results(model, values))[-1])

    @contextmanager
    def tab(
        self, folder: Path, parts: Sequence[Path] = (), questions: Sequence[Callable[..., object]] = ()
    ) -> Iterator[None]:
        """Lay the tab out, its view being the folder's; the settings made within come between model and seed."""
        styles = [part.with_suffix(".css") for part in (folder / "view", *parts)]
        self.styles: Sequence[Path] = [path for path in styles if path.parent == folder and path.exists()]
        self._frame = Frame(self.context.phrasebook, self.name, self.registry)
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
        inputs, outputs = [frame.chooser, *controls], [frame.result, frame.notice]
        everything = [frame.chooser, frame.card, *controls, *outputs]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # Not preprocessed: Gradio's own checks of range speak English only, the facade's are translated.
        device: dict[str, Any] = {**quiet, "show_progress": "minimal", "concurrency_id": DEVICE_QUEUE,
                                  "concurrency_limit": 1, "preprocess": False}  # fmt: skip
        root = gr.context.Context.root_block
        assert isinstance(root, gr.Blocks)
        roll = frame.roll.click(None, None, frame.seed, js=ROLL, **quiet)
        runs = [
            frame.generate.click(self.run, inputs, outputs, **device),
            roll.then(self.run, inputs, outputs, **device),
            frame.chooser.input(self.change, [frame.chooser], everything, trigger_mode="always_last", **device),
            frame.guide.follow(self.guided, None, everything, show_progress_on=outputs, **device),
            root.load(self.open, None, everything, concurrency_limit=None, **quiet).then(
                self.follow, None, outputs, **device
            ),
        ]
        stop = frame.stop.click(None, None, None, cancels=runs, **quiet)
        stop.then(None, [frame.result], [frame.result], js=STOPPED, **quiet)

    def endpoint(self, function: Callable[..., Any]) -> None:
        """Offer a function over HTTP under its own name, once the page registers it."""
        self._endpoint = function

    def register(self) -> None:
        """Register the tab's endpoint; Gradio wants this outside of its tabs."""
        gradio.events.api(
            answered(self._endpoint),
            api_name=self._endpoint.__name__,
            concurrency_id=DEVICE_QUEUE,
            concurrency_limit=1,
        )

    def read(self, checkpoint: object, **values: object) -> tuple[Model, dict[str, Value]]:
        """Check what came over HTTP.

        Raises:
            GenaiError: if the model cannot be had or a value is of the wrong type.
        """
        checked = {s.name: s.read(values.get(s.name, s.default)) for s in self.settings}
        return self.registry.get(checkpoint), checked  # type: ignore[arg-type]  # the registry refuses non-texts

    def run(self, model: str | None, *values: object) -> Iterator[tuple[Any, Any]]:
        """Generate; yields what the view and the notice show."""
        try:
            checked = {s.name: s.read(v) for s, v in zip(self.settings, values, strict=True)}
            yield from self._asked(model, checked)
        except Exception as error:
            yield gr.skip(), {"sentence": sentence(error)}

    def open(self, request: gr.Request) -> tuple[Any, ...]:
        """Fill the tab when the page is opened: with what the address asks for, else with an opening."""
        return self._opened(dict(request.query_params))

    def _opened(self, query: Mapping[str, str]) -> tuple[Any, ...]:
        if visit.requested_tab(query) != self.name:
            return self._opening(self.registry.first)
        try:
            model = query.get("model", self.registry.first)
            self.registry.header(model)
            if not visit.names_any(query, self.settings):
                return self._opening(model)
            values = visit.requested_values(query, self.settings)
            return (*self._filled(model, values), gr.skip(), CLEAR)
        except Exception as error:
            return (*self._opening(self.registry.first)[:-1], {"sentence": sentence(error)})

    def follow(self, request: gr.Request) -> Iterator[tuple[Any, Any]]:
        """Generate what the address asks for, if it asks for this tab; where it asks too much, show an opening."""
        yield from self._followed(dict(request.query_params))

    def guided(self, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Set and generate what a step of a tour asks for by a link, as if the page had been opened with it."""
        query = visit.query_of(str(event.link))
        yield (opened := self._opened(query))
        for result in self._followed(query):
            yield *(gr.skip() for _ in opened[2:]), *result

    def _followed(self, query: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
        if visit.requested_tab(query) != self.name or not visit.names_any(query, self.settings):
            yield gr.skip(), gr.skip()
            return
        try:
            model = query.get("model", self.registry.first)
            yield from self._asked(model, visit.requested_values(query, self.settings))
        except Exception as error:
            yield self._opening(self.registry.first)[-2], {"sentence": sentence(error)}

    def change(self, model: str | None) -> tuple[Any, ...]:
        """Show another model's opening."""
        return self._opening(model)

    def warm_up(self) -> None:
        """Make the opening before the first visitor asks for it."""
        if (model := self.registry.first) is not None:
            self._opening(model)

    def _opening(self, model: str | None) -> tuple[Any, ...]:
        try:
            values = self._openings.values(self.registry.header(model).openings)
            return (*self._filled(model, values), self._openings.get(str(model), values), CLEAR)
        except Exception as error:
            kept = [gr.skip() for _ in self.settings]
            return (gr.skip(), card(self.registry, None), *kept, CLEAR, {"sentence": sentence(error)})

    def _filled(self, model: str | None, values: Mapping[str, Value]) -> tuple[Any, ...]:
        """Updates of the chooser, the card and the settings."""
        header = self.registry.header(model)
        updates: dict[str, object] = dict(values)
        if "label" in values:
            updates["label"] = class_names(self.context.phrasebook, header, values["label"])
        return (model, card(self.registry, model), *updates.values())

    def _asked(self, model: str | None, values: Mapping[str, Value]) -> Iterator[tuple[Shown, Shown]]:
        """Results that the page takes for its address; "asked" tells one run from the next."""
        asked = time.monotonic_ns()
        for shown in self._results(model, values):
            yield {**shown, "asked": str(asked)}, CLEAR

    def _results(self, model: str | None, values: Mapping[str, Value]) -> Iterator[Shown]:
        header = self.registry.header(model)
        common = {"title": header.title, "link": link(self.name, str(model), values), "running": False}
        for shown in self._produce(self.registry.get(model), values):
            yield {**common, **shown}
