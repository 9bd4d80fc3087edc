"""One tab: model chooser, settings, seed, buttons and a result, wired to a facade."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Generic, Literal, NotRequired, TypedDict, TypeVar

import gradio as gr
import gradio.events

from genai import checkpoint
from genai.checkpoint import Entry
from genai.errors import GenaiError
from genai.language.strings import LANGUAGES
from genai.serving.models import Loader, Registry
from genai.ui.panel import links
from genai.ui.panel.context import Context
from genai.ui.panel.controls import (
    ControlGroups,
    TabFrame,
    canonical,
    canonical_variant,
    class_names,
    model_choices,
    variant_names,
)
from genai.ui.panel.openings import Openings
from genai.ui.panel.requests import PanelRequest, RequestReader
from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.updates import (
    NO_NOTICE,
    NO_RESULT,
    Notice,
    ResultFrame,
    RunOutputs,
    TabUpdate,
    Update,
    ViewValue,
    new_id,
)
from genai.ui.views.card import card
from genai.ui.words.errors import Offer, http_errors, sentence

Model = TypeVar("Model")
SHARED_VIEWS = Path(__file__).parents[1] / "views"
"""Parts of views whose styles the page has for all tabs."""
RANDOM_SEED = "() => Math.floor(Math.random() * 2 ** 32)"
KEEP_STOPPED = """(shown) => {
  const stopped = window.lab?.stopped;
  return [stopped && stopped.asked === shown?.asked ? stopped : shown];
}"""
"""What the view shows of a stopped result: less than has come, where it is shown at a slower pace."""


PAGE_LANGUAGE = "() => [document.documentElement.lang]"


class QueueOptions(TypedDict):
    """How Gradio's queue serves a handler.

    Attributes:
        concurrency_id: Handlers with the same one share a queue.
        concurrency_limit: Runs at a time.
        batch: Whether the handler takes lists, of the values of several visitors.
        max_batch_size: Visitors in a batch.
    """

    concurrency_id: str
    concurrency_limit: int
    batch: NotRequired[bool]
    max_batch_size: NotRequired[int]


class EventOptions(TypedDict):
    """Options of the listeners of a tab's events."""

    api_visibility: Literal["private"]
    show_progress: Literal["hidden", "minimal"]
    preprocess: bool


class SilentOptions(EventOptions):
    """Options of the listeners that show no progress."""

    show_progress_on: list[gr.components.Component]


# Not preprocessed: Gradio's error messages about values out of range are in English only.
WITH_PROGRESS: EventOptions = {"api_visibility": "private", "show_progress": "minimal", "preprocess": False}
# On no component: of each that has a progress, Gradio copies the properties at every event of the page.
SILENT: SilentOptions = {**WITH_PROGRESS, "show_progress": "hidden", "show_progress_on": []}


class Panel(ABC, Generic[Model]):
    """A tab of one modality. Visitors share it: nothing changes once it is built, their values are in their pages.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings, in the order of links and of the HTTP interface.
        load: The facade's load function.
        preferred: The checkpoint to begin with.
    """

    run: Callable[..., object]
    """Handler of "Generate", for the values of the chooser and the controls; returns `RunOutputs`."""
    follow: Callable[..., object]
    """Handler for a `Notice`: generate the result of its link, without one change nothing; returns `RunOutputs`."""
    preferred_in: Mapping[str, str] = MappingProxyType({})
    """By language of the page, the checkpoint to begin with where it is not the preferred one."""
    queue: QueueOptions
    """How Gradio's queue serves `run` and `follow`."""

    def __init__(
        self, context: Context, name: str, settings: tuple[Setting, ...], load: Loader[Model], preferred: str
    ) -> None:
        self.context = context
        self.name = name
        self.settings = settings
        self.registry = Registry(name, load, preferred, context.device, context.folder, self.available)
        self.reader = RequestReader(name, settings, context.limits.ceilings, self.registry.first)
        self._openings = Openings(settings, lambda model, values: self.final_result(PanelRequest(model, values)))

    def available(self, modality: str, folder: Path | None) -> list[Entry]:
        """List the models of the tab; a modality may have some that are not one file."""
        return checkpoint.available(modality, folder)

    def chooser_classes(self) -> list[str]:
        """Return classes of the chooser of models, for styles of the modality's own."""
        return []

    @abstractmethod
    def final_result(self, request: PanelRequest) -> ViewValue:
        """Generate what the view shows in the end.

        Raises:
            GenaiError: if the model cannot be loaded or a value is out of its range.
        """

    @abstractmethod
    def check(self, values: Mapping[str, Value]) -> None:
        """Check what can be checked of settings without a model.

        Raises:
            ConfigError: if a value is out of its range.
        """

    @contextmanager
    def tab(
        self, folder: Path, parts: Sequence[Path] = (), questions: Sequence[Callable[..., object]] = ()
    ) -> Iterator[ControlGroups]:
        """Lay the tab out and yield the groups in which its controls are to be created.

        Args:
            folder: Of the modality's view.
            parts: Of the view, see `genai.ui.views.view`.
            questions: Functions that the view's script may call.
        """
        own = [part for part in (folder / "view", *parts) if part.parent != SHARED_VIEWS]
        styles = [part.with_suffix(".css") for part in own]
        self.styles: Sequence[Path] = [path for path in styles if path.exists()]
        openings = {language: self.opening_model(language) for language in LANGUAGES}
        self._frame = TabFrame(self.context.phrasebook, self.name, self.registry, openings, self.chooser_classes())
        with self._frame.layout(folder, parts, questions) as groups:
            yield groups
        self.label = self._frame.tab

    def label_update(self) -> gr.Tab:
        """Return an update of the tab's title, for a change of language."""
        return gr.Tab(label=self.context.phrasebook.mark(f"tab.{self.name}"))

    def connect(self, **components: gr.components.Component) -> None:
        """Register the handlers of the tab's events.

        Args:
            components: The controls by the names of their settings, without the seed's.
        """
        frame = self._frame
        controls = [components.get(setting.name, frame.seed) for setting in self.settings]
        initial_values = self._initial_values()
        for setting, control in zip(self.settings, controls, strict=True):
            control.value = initial_values.get(setting.name, control.value)
        inputs = [frame.chooser, *controls]
        outputs = [frame.result, frame.notice]
        everything = [frame.chooser, frame.card, *controls, *outputs]
        page = gr.context.Context.root_block  # the page being built, whose load event opens the tab
        assert isinstance(page, gr.Blocks)

        roll = frame.roll.click(None, None, frame.seed, js=RANDOM_SEED, **SILENT)
        tour_step = frame.guide.follow(
            self.open_link, None, everything, show_progress_on=outputs, concurrency_limit=None, **WITH_PROGRESS
        )
        page_load = page.load(
            self.open,
            [frame.language],
            everything,
            js=PAGE_LANGUAGE,
            concurrency_limit=None,
            **SILENT,
        )
        model_choice = frame.chooser.input(
            self.change_model,
            [frame.chooser],
            everything,
            show_progress_on=outputs,
            trigger_mode="always_last",
            concurrency_limit=None,
            **WITH_PROGRESS,
        )
        runs = [
            self._on(frame.generate.click, self.run, inputs),
            self._on(roll.then, self.run, inputs),
            model_choice,
            tour_step,
            self._on(tour_step.then, self.follow, [frame.notice]),
            page_load,
            self._on(page_load.then, self.follow, [frame.notice]),
        ]
        frame.chooser.input(
            None, [frame.chooser], None, js=f"(model) => window.lab?.chooseModel({self.name!r}, model)", **SILENT
        )
        stop = frame.stop.click(None, None, None, cancels=runs, **SILENT)
        stop.then(None, [frame.result], [frame.result], js=KEEP_STOPPED, **SILENT)

    def _on(
        self,
        listener: Callable[..., gradio.events.Dependency],
        handler: Callable[..., object],
        inputs: Sequence[gr.components.Component],
    ) -> gradio.events.Dependency:
        """Have an event generate a result."""
        outputs = [self._frame.result, self._frame.notice]
        # Not postprocessed: Gradio would search every result for files.
        return listener(handler, inputs, outputs, postprocess=False, **WITH_PROGRESS, **self.queue)

    def endpoint(self, function: Callable[..., object]) -> None:
        """Set the function that `register` offers over HTTP, under the function's name."""
        self._endpoint = function

    def register(self) -> None:
        """Register the tab's endpoint; Gradio wants this outside of its tabs."""
        gradio.events.api(
            http_errors(self._endpoint),
            api_name=self._endpoint.__name__,
            concurrency_id=self.queue["concurrency_id"],
            concurrency_limit=self.queue["concurrency_limit"],
        )

    def read(self, checkpoint: object, **values: object) -> tuple[Model, dict[str, Value]]:
        """Return the model and the settings of a request over HTTP; settings that are left out have their defaults.

        Raises:
            GenaiError: if the model cannot be loaded, or a value is of the wrong type or above its ceiling.
        """
        ordered = [values.get(setting.name, setting.default) for setting in self.settings]
        request = self.reader.from_controls(checkpoint, ordered)
        return self.registry.get(request.model), dict(request.values)

    def open(self, request: gr.Request, language: object = None) -> tuple[Update, ...]:
        """Fill the tab when the page is opened: with what the address asks for, else with an opening's result.

        The controls hold the opening's settings already. Sent again, they would replace what the visitor has typed
        while a busy server prepared the opening. Only where the language of the page prefers another model, the
        controls are set to that model's opening.
        """
        query = dict(request.query_params)
        names_a_request = "model" in query or links.names_a_setting(query, self.settings)
        if links.requested_tab(query) == self.name and names_a_request:
            update = self._update_from_link(query)
        elif self.opening_model(language) != self.registry.first:
            update = self._update_to_opening(self.opening_model(language))
        else:
            opening = self._update_to_opening(self.registry.first)
            update = TabUpdate(card=opening.card, result=opening.result, notice=opening.notice)
        return update.outputs(self.settings)

    def opening_model(self, language: object) -> str | None:
        """Return the checkpoint to begin with in a language; None if there are none."""
        preferred = self.preferred_in.get(str(language))
        return preferred if preferred in self.registry.names else self.registry.first

    def open_link(self, event: gr.EventData) -> tuple[Update, ...]:
        """Open the link of a tour's step, as if the page had been opened with it."""
        query = links.parse_query(str(event.link))
        return self._update_from_link(query).outputs(self.settings)

    def change_model(self, model: object) -> tuple[Update, ...]:
        """Show another model's opening."""
        update = self._update_to_opening(model)
        if isinstance(update.result, Mapping):
            update = replace(update, result={**update.result, "reveal": new_id()})
        return update.outputs(self.settings)

    def warm_up(self) -> None:
        """Compute the openings before the first visitor comes."""
        for name in {self.opening_model(language): None for language in LANGUAGES}:
            if name is not None:
                self._update_to_opening(name)

    def error_outputs(
        self, error: Exception, request: PanelRequest | None = None, *, after_link: bool = False
    ) -> RunOutputs:
        """Return outputs that show an error.

        Args:
            error: What went wrong.
            request: With what; None where it could not be read.
            after_link: Whether the request came by a link: then there is no result yet, and an opening is shown.
        """
        result = self._update_to_opening(self.registry.first).result if after_link else gr.skip()
        notice = _error_notice(error)
        offers = self.offers(error, request) if request else []
        if offers:
            notice["offers"] = offers
        return RunOutputs(result, notice)

    def offers(self, error: Exception, request: PanelRequest) -> list[Offer]:
        """Return the ways out of an error that the notice offers as buttons; a modality may have some."""
        return []

    def add_frame(self, request: PanelRequest, result: ViewValue) -> ViewValue:
        """Add to a modality's result what every view shows; keys of the result take precedence."""
        frame: ResultFrame = {
            "title": self.registry.header(request.model).title,
            "link": links.link(self.name, str(request.model), request.values),
            "running": False,
        }
        return {**frame, **result}

    def _update_from_link(self, query: Mapping[str, str]) -> TabUpdate:
        """Set the controls to a link's settings and leave the result to `follow`; without any, show an opening."""
        if links.requested_tab(query) != self.name:
            return self._update_to_opening(self.registry.first)
        try:
            request = self.reader.from_link(query)
            self.check(request.values)  # before the controls get them: the page cannot even send an endless number
            self.registry.header(request.model)  # an unknown model is an error, with the first one's opening
            if not links.names_a_setting(query, self.settings):
                return self._update_to_opening(request.model)
            notice: Notice = {**NO_NOTICE, "follow": links.format_query(query)}
            return replace(self._update_of_controls(request), notice=notice)
        except Exception as error:
            return replace(self._update_to_opening(self.registry.first), notice=_error_notice(error))

    def _update_to_opening(self, model: object) -> TabUpdate:
        """Choose a model and show its opening; where that fails, say why and leave the controls as they are."""
        try:
            values = self._openings.values(self.registry.header(model).openings)
            controls = self._update_of_controls(PanelRequest(model, values))
            return replace(controls, result=self._openings.get(str(model), values), notice=NO_NOTICE)
        except Exception as error:
            return TabUpdate(card=card(self.registry, None), result=NO_RESULT, notice=_error_notice(error))

    def _update_of_controls(self, request: PanelRequest) -> TabUpdate:
        """Set the chooser, the card and the settings to a request.

        Raises:
            GenaiError: if there is no such model, or it does not know the label.
        """
        header = self.registry.header(request.model)
        settings: dict[str, Update] = dict(request.values)
        if "label" in request.values:
            settings["label"] = class_names(self.context.phrasebook, header, request.values["label"])
        if "variant" in request.values:
            variant = request.values["variant"]
            settings["variant"] = variant_names(self.context.phrasebook, header, variant)
        return TabUpdate(self._choice(request.model), card(self.registry, str(request.model)), settings)

    def _choice(self, model: object) -> Update:
        """Return the update of the chooser; a visitor's own model is one more choice, for this visitor only."""
        if model in self.registry.names:
            return model
        choices = model_choices(self.context.phrasebook, self.registry)
        return gr.Radio(
            choices=[*choices, (self.context.phrasebook.mark("model.own"), str(model))], value=str(model)
        )

    def _initial_values(self) -> Mapping[str, Value]:
        """Return the settings of the first model's opening; none where it cannot be used."""
        try:
            header = self.registry.header(self.registry.first)
            values = self._openings.values(header.openings)
            if "label" in values:
                values["label"] = canonical(header, values["label"])
            if "variant" in values:
                values["variant"] = canonical_variant(header, values["variant"])
        except GenaiError:
            return {}
        return values


def _error_notice(error: Exception) -> Notice:
    return {"sentence": sentence(error), "reveal": new_id()}
