"""The page's side: starts workers on demand, sends them requests, and yields the texts that they report."""

import itertools
import logging
import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from genai.device import pick_float64_device
from genai.errors import GenaiError
from genai.serving.worker import Pipes, WorkerProcess, received, send
from genai.text.decoding.reader import ModelState
from genai.text.networks import GPT, LSTM, PAIR
from genai.text.request import TextRequest
from genai.text.worker.messages import Cancel, Failed, Finished, Progress, Ready, Report, Started, Write

log = logging.getLogger(__name__)

MANY_TEXTS = 24
"""Texts of an LSTM in one worker before a second one is used; others count as `COSTS` says.

In a class of 60 that asks for texts, pictures and sounds alike, one worker is a tenth faster than two: pictures and
sounds need the other core. Where all 60 ask for texts, two are half as fast again as one.
"""
COSTS: Mapping[str, int] = {LSTM: 1, GPT: 2, PAIR: 3}
"""As how many texts of an LSTM a text counts. On one core 32 texts at once come to 11,400 characters a second of an
LSTM and to 4,990 of a GPT; a pair computes both.
"""


Start = Callable[[str | None, Path | None], Pipes]
"""Starts a worker, given a device and a folder of checkpoints as `genai.text.load` takes them."""


class ProcessPipes(WorkerProcess):
    """A worker in a process of its own.

    Args:
        device: Where the models run; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.
    """

    def __init__(self, device: str | None, folder: Path | None) -> None:
        super().__init__("genai.text.worker", device or "", str(folder or ""))


@dataclass(frozen=True)
class WorkerText:
    """The part of a text that has been written so far.

    Args:
        name: Of the model's checkpoint.
        request: With the prompt as the model read it.
        sha256: Of the model's weights.
        precision: In which the network computed.
        header_sha256: Of the header of the model's file, `Header.sha256`.
        text: What was written, without the prompt.
        snapshot: Logits and activations after the first 16 characters; only of a text that is complete, and longer.
    """

    name: str
    request: TextRequest
    sha256: str
    precision: str
    header_sha256: str
    text: str = ""
    snapshot: ModelState | None = None


@dataclass(eq=False)
class _Pending:
    """A text that a reader waits for."""

    number: int
    model: str
    cost: int = 1
    written: WorkerText | None = None
    complete: bool = False
    error: Exception | None = None
    changed: threading.Event = field(default_factory=threading.Event)

    def apply(self, report: Started | Finished | Failed) -> None:
        match report:
            case Started():
                self.written = WorkerText(
                    self.model, report.request, report.sha256, report.precision, report.header_sha256
                )
            case Finished():
                assert self.written is not None
                text = self.written.text + report.characters
                self.written = replace(self.written, text=text, snapshot=report.snapshot)
                self.complete = True
            case Failed():
                self.error = report.error
        self.changed.set()

    def append(self, characters: str) -> None:
        assert self.written is not None
        self.written = replace(self.written, text=self.written.text + characters)
        self.changed.set()


class _Worker:
    """One worker and the texts that it is writing."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._lock = threading.Lock()
        self.pending: dict[int, _Pending] = {}
        self.ready = False  # whether its process has started up
        self.running = True
        threading.Thread(target=self._receive, name="text-reports", daemon=True).start()

    @property
    def load(self) -> int:
        """The costs of the texts that it is writing."""
        with self._lock:
            return sum(pending.cost for pending in self.pending.values())

    def write(self, pending: _Pending, request: TextRequest) -> bool:
        """Request a text; return False if the worker has ended."""
        with self._lock:
            if not self.running:
                return False
            self.pending[pending.number] = pending
            try:
                send(Write(pending.number, pending.model, request), self._pipes.requests)
            except OSError:  # the worker has ended; `_receive` frees its pipes
                self.running = False
                del self.pending[pending.number]
            return self.running

    def cancel(self, pending: _Pending) -> None:
        """Tell the worker to stop writing a text, unless the text or the worker has ended."""
        with self._lock:
            unfinished = self.pending.pop(pending.number, None) is not None
            if unfinished and self.running:
                with suppress(OSError):  # the worker has ended
                    send(Cancel(pending.number), self._pipes.requests)

    def close(self) -> None:
        """End the worker; the texts that it was writing fail."""
        with self._lock:
            self.running = False
        self._pipes.close()

    def _receive(self) -> None:
        """Deliver reports until the worker ends."""
        try:
            for report in received(self._pipes.reports):
                with self._lock:
                    self._deliver(report)
        except Exception:  # a bug: its readers get the sentence all the same
            log.exception("A text worker sent a report that cannot be read")
        finally:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self.running = False
            abandoned = list(self.pending.values())
            self.pending.clear()
        for pending in abandoned:
            pending.apply(Failed(pending.number, _stopped()))
        self._pipes.reports.close()
        self._pipes.close()

    def _deliver(self, report: Report) -> None:
        """Apply a report to its texts; those that were cancelled meanwhile are not pending any more."""
        if isinstance(report, Ready):
            self.ready = True
        elif isinstance(report, Progress):
            for number, characters in report.characters.items():
                if number in self.pending:
                    self.pending[number].append(characters)
        elif report.number in self.pending:
            self.pending[report.number].apply(report)
            if not isinstance(report, Started):
                del self.pending[report.number]


class TextWorkers:
    """Writes texts in worker processes. The first text starts the first one; the next text replaces a dead one.

    Args:
        device: Where the models run; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.
        count: The most workers; None takes two on a CPU of two cores or more, each of which computes on half of the
            cores. A GPU gets one, so that its memory holds each model once.
        start: Starts one; None starts a process.
    """

    def __init__(
        self,
        device: str | None = None,
        folder: Path | None = None,
        count: int | None = None,
        start: Start | None = None,
    ) -> None:
        self._device = device
        self._folder = folder
        self._count = count or default_count(device)
        self._start = start or ProcessPipes
        self._lock = threading.Lock()
        self._workers: list[_Worker] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        """Texts that are being written."""
        return sum(len(worker.pending) for worker in self._workers)

    def write(
        self, model: str, request: TextRequest, architecture: str = LSTM
    ) -> Generator[WorkerText, None, None]:
        """Write a text and yield it as it grows, from its beginning each time; closing the generator cancels it.

        Args:
            model: Name of the checkpoint.
            request: What to write.
            architecture: Of the model, which says what its texts cost.

        Raises:
            GenaiError: if the text cannot be written.
        """
        pending = _Pending(next(self._numbers), model, COSTS.get(architecture, 1))
        worker = self._assign(pending, request)
        try:
            complete = False
            while not complete:
                pending.changed.wait()
                pending.changed.clear()
                if pending.error is not None:
                    raise pending.error
                complete = pending.complete  # read before the text: once complete, the text changes no more
                if pending.written is not None:
                    yield pending.written
        finally:
            worker.cancel(pending)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            for worker in self._workers:
                worker.close()
            self._workers = []

    def _assign(self, pending: _Pending, request: TextRequest) -> _Worker:
        """Request a text from a worker.

        Raises:
            GenaiError: if every worker, new ones too, ends before it has received the request.
        """
        with self._lock:
            for _ in range(self._count + 1):
                worker = self._choose()
                if worker.write(pending, request):
                    return worker
            raise _stopped()

    def _choose(self) -> _Worker:
        """Return the first worker with room, else the least busy one, while another starts up for later texts."""
        self._workers = [worker for worker in self._workers if worker.running]
        if not self._workers:
            self._add_worker()
        usable = [worker for worker in self._workers if worker.ready] or self._workers
        for worker in usable:
            if worker.load < MANY_TEXTS:
                return worker
        if len(self._workers) < self._count:
            self._add_worker()
        return min(usable, key=lambda worker: worker.load)

    def _add_worker(self) -> None:
        self._workers.append(_Worker(self._start(self._device, self._folder)))


def default_count(device: str | None) -> int:
    """Return how many workers a device takes."""
    return 2 if pick_float64_device(device).type == "cpu" and (os.cpu_count() or 1) > 1 else 1


def _stopped() -> GenaiError:
    return GenaiError(
        "The process that writes texts ended unexpectedly, and a new one takes its place: press Generate again."
    )
