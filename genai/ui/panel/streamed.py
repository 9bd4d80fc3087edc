"""A tab whose result grows before the visitor's eyes."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from genai.serving.models import Loader
from genai.ui.panel.context import Context
from genai.ui.panel.panel import CLEAR, NOTHING, Model, Pair, Panel, Shown
from genai.ui.panel.requests import PanelRequest
from genai.ui.panel.settings import Setting, Value

AT_ONCE = 64
"""Visitors whose results grow at once; more wait in Gradio's queue, which shows them their place."""


class StreamedPanel(Panel[Model]):
    """Every visitor has a generator of their own; what it computes is shared below, by the facade's scheduler.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings.
        load: The facade's load function.
        produce: From a model and settings to what the view shows, growing; "running" while there is more to come.
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
        super().__init__(context, name, settings, load, preferred)
        self._produce = produce
        self.queue = {"concurrency_id": name, "concurrency_limit": AT_ONCE}

    def run(self, model: str | None, *values: object) -> Iterator[Pair]:
        """Generate what the controls ask for."""
        try:
            yield from self._answered(self.reader.by_controls(model, values))
        except Exception as error:
            yield self.failed(error)

    def follow(self, notice: Any) -> Iterator[Pair]:  # noqa: ANN401
        """Generate what is left to be followed."""
        try:
            asked = self.reader.followed(notice)
            yield from [NOTHING] if asked is None else self._answered(asked)
        except Exception as error:
            yield self.failed(error, followed=True)

    def finished(self, wanted: PanelRequest) -> Shown:
        """What the view shows in the end."""
        return list(self._results(wanted))[-1]

    def _answered(self, asked: PanelRequest) -> Iterator[Pair]:
        """Results that the page takes for its address; "asked" tells one run from the next."""
        now = time.monotonic_ns()
        for shown in self._results(asked):
            yield {**shown, "asked": str(now)}, CLEAR

    def _results(self, asked: PanelRequest) -> Iterator[Shown]:
        for shown in self._produce(self.registry.get(asked.model), asked.values):
            yield self.dressed(asked, shown)
