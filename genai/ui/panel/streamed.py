"""A tab that shows its result as it grows."""

from collections.abc import Callable, Iterator, Mapping

from genai.serving.models import Loader
from genai.ui.panel.context import Context
from genai.ui.panel.panel import Model, Panel
from genai.ui.panel.requests import PanelRequest
from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.updates import NO_NOTICE, RunOutputs, ViewValue, new_id, no_change

MAX_STREAMS = 64
"""Results that grow at the same time; more requests wait in Gradio's queue, which shows their position."""


class StreamedPanel(Panel[Model]):
    """A tab with one Python generator for each request; the scheduler of the facade batches what they compute.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings.
        load: The facade's load function.
        check: Checks the ranges of settings; raises ConfigError.
        generate: From a model and settings to what the view shows, growing; "running" while there is more to come.
        preferred: The checkpoint to begin with.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        settings: tuple[Setting, ...],
        load: Loader[Model],
        check: Callable[[Mapping[str, Value]], object],
        generate: Callable[[Model, Mapping[str, Value]], Iterator[ViewValue]],
        preferred: str,
    ) -> None:
        super().__init__(context, name, settings, load, preferred)
        self._check = check
        self._generate = generate
        self.queue = {"concurrency_id": name, "concurrency_limit": MAX_STREAMS}

    def run(self, model: object, *values: object) -> Iterator[RunOutputs]:
        """Generate what the controls ask for."""
        request: PanelRequest | None = None
        try:
            request = self.reader.from_controls(model, values)
            yield from self._stream(request)
        except Exception as error:
            yield self.error_outputs(error, request)

    def follow(self, notice: object) -> Iterator[RunOutputs]:
        """Generate the result of a notice's link; without one, change nothing."""
        request: PanelRequest | None = None
        try:
            request = self.reader.from_notice(notice)
            if request is None:
                yield no_change()
            else:
                yield from self._stream(request)
        except Exception as error:
            yield self.error_outputs(error, request, after_link=True)

    def final_result(self, request: PanelRequest) -> ViewValue:
        """Generate what the view shows in the end."""
        *_, result = self._results(request)
        return result

    def check(self, values: Mapping[str, Value]) -> None:
        """Check the ranges of settings."""
        self._check(values)

    def _stream(self, request: PanelRequest) -> Iterator[RunOutputs]:
        """Yield the growing result; "asked" is the same for all of one run, and tells it from the next."""
        run_id = new_id()
        for result in self._results(request):
            yield RunOutputs({**result, "asked": run_id}, NO_NOTICE)

    def _results(self, request: PanelRequest) -> Iterator[ViewValue]:
        model = self.registry.get(request.model)
        for result in self._generate(model, request.values):
            yield self.add_frame(request, result)
