"""A tab whose results come at once: the requests of many visitors share forward passes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, ParamSpec, TypeVar

from genai.serving.models import Loader
from genai.ui.panel.context import DEVICE_QUEUE, Context
from genai.ui.panel.panel import Model, Panel
from genai.ui.panel.requests import PanelRequest
from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.updates import NO_NOTICE, RunOutputs, Update, ViewValue, new_id, no_change

Request = TypeVar("Request")
Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
T = TypeVar("T")

MAX_VISITORS = 16
"""Visitors in one batch: the last of a queue waits less than if served one by one, the first not for all."""
MAX_ITEMS = 64
"""Pictures or sounds in one forward pass: more are not faster, and need more memory."""


@dataclass(frozen=True)
class Pipeline(Generic[Model, Request, Result]):
    """How a modality generates its results.

    Args:
        requests: From settings to the facade's requests; raises GenaiError where a value is out of its range.
        generate: The facade's generate function.
        show: From model, settings and results to what the view shows.
        strips: From a model and results to the strip below each, in their order.
    """

    requests: Callable[[Mapping[str, Value]], list[Request]]
    generate: Callable[[Model, Sequence[Request]], list[Result]]
    show: Callable[[Model, Mapping[str, Value], list[Result]], ViewValue]
    strips: Callable[[Model, Sequence[Result]], Sequence[ViewValue]]


@dataclass
class _Job(Generic[Model, Request, Result]):
    """One visitor's request on its way through a batch.

    Args:
        request: The visitor's.
        model: The model that it names.
        items: The facade's requests.
        results: Those of the items, once they are generated.
        strip: Of the first result.
        error: What went wrong with this job, if anything.
    """

    request: PanelRequest
    model: Model
    items: list[Request]
    results: list[Result]
    strip: ViewValue | None = None
    error: Exception | None = None


class BatchedPanel(Panel[Model], Generic[Model, Request, Result]):
    """A tab that takes all visitors who wait from Gradio's queue, and batches their requests to the same model.

    Args:
        context: The server's settings.
        name: The modality.
        settings: Its settings.
        load: The facade's load function.
        pipeline: How results are generated.
        preferred: The checkpoint to begin with.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        settings: tuple[Setting, ...],
        load: Loader[Model],
        pipeline: Pipeline[Model, Request, Result],
        preferred: str,
    ) -> None:
        super().__init__(context, name, settings, load, preferred)
        self._pipeline = pipeline
        # One thread, not any of the server's: numerical libraries set up their state anew in each thread, and keep
        # memory for it.
        self._executor = ThreadPoolExecutor(1, f"{name}-generate")
        self.queue = {
            "concurrency_id": DEVICE_QUEUE,
            "concurrency_limit": 1,
            "batch": True,
            "max_batch_size": MAX_VISITORS,
        }

    def run(self, models: Sequence[object], *columns: Sequence[object]) -> list[list[Update]]:
        """Generate what the controls of each visitor ask for.

        Args:
            models: A name for each visitor.
            columns: A list for each setting, with a value for each visitor.

        Returns:
            The results of all visitors, and their notices.
        """
        rows = zip(*columns, strict=True)
        requests = [
            _result_or_error(self.reader.from_controls, model, row) for model, row in zip(models, rows, strict=True)
        ]
        return self._batch_outputs(requests)

    def follow(self, notices: Sequence[object]) -> list[list[Update]]:
        """Generate the result of each notice's link; without one, change nothing."""
        requests = [_result_or_error(self.reader.from_notice, notice) for notice in notices]
        return self._batch_outputs(requests, after_link=True)

    def final_result(self, request: PanelRequest) -> ViewValue:
        """Generate what the view shows in the end."""
        [result] = self.generate_batch([request])
        if isinstance(result, Exception):
            raise result
        return result

    def check(self, values: Mapping[str, Value]) -> None:
        """Check the ranges of settings."""
        self._pipeline.requests(values)

    def generate_batch(self, requests: Sequence[PanelRequest]) -> list[ViewValue | Exception]:
        """Generate the result of each request, or the exception that it raises: one cannot fail the others."""
        jobs = [_result_or_error(self._job, request) for request in requests]
        for group in _by_model(job for job in jobs if isinstance(job, _Job)):
            self._generate(group)
            self._add_strips(group)
        return [job if isinstance(job, Exception) else _result_or_error(self._view_value, job) for job in jobs]

    def _job(self, request: PanelRequest) -> _Job[Model, Request, Result]:
        items = self._pipeline.requests(request.values)
        model = self.registry.get(request.model)
        return _Job(request, model, items, results=[])

    def _generate(self, jobs: Sequence[_Job[Model, Request, Result]]) -> None:
        """Generate the results of jobs of one model together; where that fails, those of each job alone."""
        items = [item for job in jobs for item in job.items]
        try:
            results = self._generate_items(jobs[0].model, items)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].error = error
                return
            for job in jobs:
                self._generate([job])
            return
        remaining = iter(results)
        for job in jobs:
            job.results = list(islice(remaining, len(job.items)))

    def _generate_items(self, model: Model, items: Sequence[Request]) -> list[Result]:
        results: list[Result] = []
        for start in range(0, len(items), MAX_ITEMS):
            results += self._pipeline.generate(model, items[start : start + MAX_ITEMS])
        return results

    def _add_strips(self, jobs: Sequence[_Job[Model, Request, Result]]) -> None:
        """Add the strip of each job's first result, for jobs of one model.

        A failure costs no result: the view then asks for the strip itself, and shows what is wrong with it.
        """
        finished = [job for job in jobs if job.error is None]
        if not finished:
            return
        first_results = [job.results[0] for job in finished]
        strips = _result_or_error(self._pipeline.strips, finished[0].model, first_results)
        if isinstance(strips, Exception):
            return
        for job, strip in zip(finished, strips, strict=True):
            job.strip = strip

    def _view_value(self, job: _Job[Model, Request, Result]) -> ViewValue:
        if job.error is not None:
            raise job.error
        result = self._pipeline.show(job.model, job.request.values, job.results)
        return self.add_frame(job.request, {**result, "strip": job.strip})

    def _batch_outputs(
        self, requests: Sequence[PanelRequest | Exception | None], *, after_link: bool = False
    ) -> list[list[Update]]:
        """Generate the requests; return the results and notices of all visitors.

        Args:
            requests: Of each visitor; an exception where it cannot be read, None where nothing is to change.
            after_link: As of `error_outputs`.
        """
        readable = [request for request in requests if isinstance(request, PanelRequest)]
        results = iter(self._executor.submit(self.generate_batch, readable).result())
        outputs = [
            self._outputs(next(results) if isinstance(request, PanelRequest) else request, after_link=after_link)
            for request in requests
        ]
        return [[output.result for output in outputs], [output.notice for output in outputs]]

    def _outputs(self, result: ViewValue | Exception | None, *, after_link: bool) -> RunOutputs:
        """Return the outputs of one visitor; "asked" tells one run from the next."""
        if result is None:
            return no_change()
        if isinstance(result, Exception):
            return self.error_outputs(result, after_link=after_link)
        return RunOutputs({**result, "asked": new_id()}, NO_NOTICE)


def _by_model(jobs: Iterable[_Job[Model, Request, Result]]) -> list[list[_Job[Model, Request, Result]]]:
    """Group jobs by their model, in the order in which the models come."""
    groups: dict[int, list[_Job[Model, Request, Result]]] = {}
    for job in jobs:
        groups.setdefault(id(job.model), []).append(job)
    return list(groups.values())


def _result_or_error(
    function: Callable[Parameters, T], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> T | Exception:
    """Return what a function returns, or the exception that it raises."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error
