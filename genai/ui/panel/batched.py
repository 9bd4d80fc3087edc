"""A tab whose results come at once: those of many visitors in one forward pass."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from genai.process import other_half
from genai.serving.models import Loader
from genai.ui.panel.context import DEVICE_QUEUE, Context
from genai.ui.panel.panel import CLEAR, NOTHING, Model, Pair, Panel, Shown
from genai.ui.panel.requests import PanelRequest
from genai.ui.panel.settings import Setting, Value

Request = TypeVar("Request")
Result = TypeVar("Result")
VISITORS = 16
"""Visitors served together: the last of a queue waits less than for one after another, the first not for all."""
ITEMS = 64
"""Pictures or sounds in one forward pass: more do not make it faster, and need more memory."""


@dataclass(frozen=True)
class Pipeline(Generic[Model, Request, Result]):
    """How a modality makes its results.

    Args:
        requests: From settings to what to ask the facade for; raises GenaiError where a value is out of its range.
        generate: The facade's generate function.
        show: From model, settings and results to what the view shows.
        glance: From a model and results to what the strip shows of them.
    """

    requests: Callable[[Mapping[str, Value]], list[Request]]
    generate: Callable[[Model, Sequence[Request]], list[Result]]
    show: Callable[[Model, Mapping[str, Value], list[Result]], Shown]
    glance: Callable[[Model, Sequence[Result]], Sequence[Mapping[str, object]]]


class BatchedPanel(Panel[Model]):
    """Gradio's queue hands over all who wait; requests to one model share its forward passes.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings.
        load: The facade's load function.
        craft: How results are made.
        preferred: The checkpoint to begin with.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        settings: tuple[Setting, ...],
        load: Loader[Model],
        craft: Pipeline[Model, Any, Any],
        preferred: str,
    ) -> None:
        super().__init__(context, name, settings, load, preferred)
        self._craft = craft
        # One thread, not any of the server's: libraries begin anew in each, and keep memory for it.
        self._maker = ThreadPoolExecutor(1, f"{name}-maker")
        self.queue = {"concurrency_id": DEVICE_QUEUE, "concurrency_limit": 1, "batch": True,
                      "max_batch_size": VISITORS}  # fmt: skip

    def run(self, models: Sequence[str | None], *columns: Sequence[object]) -> list[list[Any]]:
        """Generate what the controls of each visitor ask for.

        Args:
            models: A name for each visitor.
            columns: A list for each setting, with a value for each visitor.

        Returns:
            What the view shows for each visitor, and what the notice does.
        """
        rows = zip(models, *columns, strict=True)
        return self._answers([_result_or_error(self.reader.by_controls, model, values) for model, *values in rows])

    def follow(self, notices: Sequence[Any]) -> list[list[Any]]:
        """Generate what is left to be followed, for each visitor."""
        return self._answers([_result_or_error(self.reader.followed, notice) for notice in notices], followed=True)

    def finished(self, wanted: PanelRequest) -> Shown:
        """What the view shows in the end."""
        [outcome] = self.outcomes([wanted])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @other_half()
    def outcomes(self, asked: Sequence[PanelRequest]) -> list[Shown | Exception]:
        """Make each visitor's result, or find what is wrong with what they asked; one's error hurts no other."""
        models = [_result_or_error(self.registry.get, one.model) for one in asked]
        requests = [_result_or_error(self._craft.requests, one.values) for one in asked]
        results: dict[int, list[Any] | Exception] = {
            n: error for n, pair in enumerate(zip(models, requests, strict=True))
            for error in pair if isinstance(error, Exception)
        }  # fmt: skip
        seen: dict[int, Shown | None] = {}
        for model in {id(m): m for n, m in enumerate(models) if n not in results}.values():
            mine = [n for n, other in enumerate(models) if other is model and n not in results]
            results |= zip(mine, self._made(model, [requests[n] for n in mine]), strict=True)
            seen |= self._glances(model, {n: made[0] for n in mine if isinstance(made := results[n], list)})
        return [
            _result_or_error(self._shown, models[n], one, made, seen[n])
            if isinstance(made := results[n], list)
            else made
            for n, one in enumerate(asked)
        ]

    def _glances(self, model: Model, first: Mapping[int, Any]) -> Mapping[int, Shown | None]:
        """The strip of each visitor's first result; none where that fails, since a result is one without it."""
        told = _result_or_error(self._craft.glance, model, list(first.values())) if first else []
        return dict.fromkeys(first) if isinstance(told, Exception) else dict(zip(first, told, strict=True))

    def _made(self, model: Model, requests: Sequence[list[Any]]) -> Sequence[list[Any] | Exception]:
        """The results of several visitors, generated together; where that fails, each alone."""
        everything = [one for group in requests for one in group]
        try:
            results = [
                result
                for start in range(0, len(everything), ITEMS)
                for result in self._craft.generate(model, everything[start : start + ITEMS])
            ]
        except Exception as error:
            return [error] if len(requests) == 1 else [self._made(model, [group])[0] for group in requests]
        ends = [sum(map(len, requests[: n + 1])) for n in range(len(requests))]
        return [results[end - len(group) : end] for end, group in zip(ends, requests, strict=True)]

    def _shown(self, model: Model, asked: PanelRequest, results: list[Any], seen: Shown | None) -> Shown:
        """What the view shows; without the "strip" of the first result, where it failed, the view asks for it."""
        return self.dressed(asked, {**self._craft.show(model, asked.values, results), "strip": seen})

    def _answers(
        self, asked: Sequence[PanelRequest | Exception | None], *, followed: bool = False
    ) -> list[list[Any]]:
        whole = [one for one in asked if isinstance(one, PanelRequest)]
        outcomes = iter(self._maker.submit(self.outcomes, whole).result())
        pairs = [self._pair(next(outcomes) if isinstance(one, PanelRequest) else one, followed) for one in asked]
        return [list(column) for column in zip(*pairs, strict=True)]

    def _pair(self, outcome: Shown | Exception | None, followed: bool) -> Pair:
        """What the page takes for its address; "asked" tells one run from the next."""
        if outcome is None:
            return NOTHING
        if isinstance(outcome, Exception):
            return self.failed(outcome, followed=followed)
        return {**outcome, "asked": str(time.monotonic_ns())}, CLEAR


def _result_or_error(function: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401
    """What a function returns, or the exception that it raises: one of many must not end the others."""
    try:
        return function(*args)
    except Exception as error:
        return error
