"""The worker's side: receives requests, writes all texts by continuous batching, and reports what was written."""

import pickle
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from genai.checkpoint import own
from genai.serving.worker import Closed, fill_inbox, portable
from genai.text.decoding.reader import ModelState
from genai.text.internals import activations
from genai.text.sampling import MAX_STEPPED, TextModel, check_prompt, start_drafts
from genai.text.scheduler import Job, Scheduler
from genai.text.worker.messages import Cancel, Failed, Finished, Progress, Ready, Report, Request, Started, Write

REFRESH_SECONDS = 0.04
"""Between two reports on a single text: a longer pause looks like stuttering, a shorter one is not drawn."""
BUSY_SECONDS = 0.02
"""The same for each text being written: the page forwards about fifty reports a second beside its other work."""

Load = Callable[[str], TextModel]


@dataclass(frozen=True)
class _Prepared:
    """A request whose model is loaded and whose prompt is read, or why that failed."""

    request: Write
    job: Job | None
    error: Exception | None


class Server:
    """Writes the texts that one page requests.

    Args:
        requests: Pickled `Request`s.
        reports: Receives pickled `Report`s.
        load: Loads a model by the name of its checkpoint.
    """

    def __init__(self, requests: IO[bytes], reports: IO[bytes], load: Load) -> None:
        self._requests = requests
        self._reports = reports
        self._load = load
        self._inbox: queue.SimpleQueue[Request | _Prepared | Closed] = queue.SimpleQueue()
        self._models: dict[str, TextModel] = {}
        self._scheduler = Scheduler()
        self._reported: dict[int, int] = {}  # characters reported of each text
        # Loading a model or reading a long prompt must not delay the texts that are being written.
        self._preparer = ThreadPoolExecutor(1, "text-preparer")
        self._preparing: dict[int, Future[None]] = {}  # by the number of the request
        self._cancelled: set[int] = set()  # numbers of requests that were cancelled during their preparation

    @property
    def writing(self) -> int:
        """Texts that are being written."""
        return len(self._scheduler.jobs)

    def run(self) -> None:
        """Serve until the pipe of requests is closed, or nobody reads the reports any more."""
        receiver = (self._inbox, self._requests)
        threading.Thread(target=fill_inbox, args=receiver, name="text-requests", daemon=True).start()
        try:
            with suppress(BrokenPipeError):  # the page has died
                self._serve()
        finally:
            self._preparer.shutdown(wait=False, cancel_futures=True)

    def _serve(self) -> None:
        self._send(Ready())
        self._reports.flush()
        next_report = 0.0
        while True:
            messages = self._take_messages(wait=not self._scheduler.jobs)
            if any(isinstance(message, Closed) for message in messages):
                return
            self._handle(messages)
            for job in self._scheduler.advance():
                self._report_end(job)
            if time.monotonic() >= next_report:
                self._report_progress()
                count = len(self._scheduler.jobs)
                next_report = time.monotonic() + max(REFRESH_SECONDS, BUSY_SECONDS * count)
            self._reports.flush()

    def _take_messages(self, *, wait: bool) -> list[Request | _Prepared | Closed]:
        messages = [self._inbox.get()] if wait else []
        while not self._inbox.empty():
            messages.append(self._inbox.get())
        return messages

    def _handle(self, messages: Sequence[Request | _Prepared | Closed]) -> None:
        writes = [message for message in messages if isinstance(message, Write)]
        for name in dict.fromkeys(write.model for write in writes):  # in the order of the requests
            self._start([write for write in writes if write.model == name])
        for message in messages:
            if isinstance(message, _Prepared):
                self._finish_preparation(message)
        for message in messages:
            if isinstance(message, Cancel):
                self._cancel(message.number)

    def _cancel(self, number: int) -> None:
        self._scheduler.cancel(number)
        self._reported.pop(number, None)
        preparation = self._preparing.get(number)
        if preparation is None:
            return
        if preparation.cancel():  # it has not begun
            del self._preparing[number]
        else:
            self._cancelled.add(number)

    def _finish_preparation(self, prepared: _Prepared) -> None:
        number = prepared.request.number
        del self._preparing[number]
        if number in self._cancelled:
            self._cancelled.remove(number)
        else:
            self._join(prepared)

    def _start(self, writes: Sequence[Write]) -> None:
        """Start requests for one model: now, side by side, if it is loaded and their prompts are short."""
        model = self._models.get(writes[0].model)
        short: list[Write] = []
        for write in writes:
            if model is not None and len(write.request.prompt) < MAX_STEPPED:
                short.append(write)
            else:
                self._preparing[write.number] = self._preparer.submit(self._prepare_later, write)
        if short:
            for prepared in self._prepare(short):
                self._join(prepared)

    def _prepare_later(self, write: Write) -> None:
        for prepared in self._prepare([write]):
            self._inbox.put(prepared)

    def _prepare(self, writes: Sequence[Write]) -> list[_Prepared]:
        """Load the model of some requests, if need be, and read their prompts."""
        try:
            model = self._model(writes[0].model)
        except Exception as error:
            return [_Prepared(write, None, error) for write in writes]
        result: list[_Prepared] = []
        valid: list[Write] = []
        for write in writes:
            try:
                check_prompt(model, write.request)
                valid.append(write)
            except Exception as error:
                result.append(_Prepared(write, None, error))
        try:
            drafts = start_drafts(model, [write.request for write in valid]) if valid else []
        except Exception as error:
            return [*result, *(_Prepared(write, None, error) for write in valid)]
        for write, draft in zip(valid, drafts, strict=True):
            result.append(_Prepared(write, Job(write.number, model, draft), None))
        return result

    def _model(self, name: str) -> TextModel:
        model = self._models.get(name)
        if model is None:
            self._forget_removed()
            model = self._models[name] = self._load(name)
        return model

    def _forget_removed(self) -> None:
        """Forget the visitors' own models whose files were removed; texts that are being written keep theirs."""
        for name in list(self._models):
            if name.startswith(own.PREFIX) and own.find(name, "text") is None:
                self._models.pop(name, None)

    def _join(self, prepared: _Prepared) -> None:
        number = prepared.request.number
        if prepared.job is None:
            assert prepared.error is not None
            self._send(Failed(number, portable(prepared.error)))
            return
        model = prepared.job.model
        header_sha256 = model.header.sha256 if model.header else ""
        self._send(Started(number, prepared.job.draft.request, model.sha256, model.precision, header_sha256))
        self._reported[number] = 0
        self._scheduler.add([prepared.job])

    def _report_end(self, job: Job) -> None:
        reported = self._reported.pop(job.number)
        if job.error is not None:
            self._send(Failed(job.number, portable(job.error)))
        else:
            self._send(Finished(job.number, job.draft.text[reported:], _snapshot(job)))

    def _report_progress(self) -> None:
        characters: dict[int, str] = {}
        for number, job in self._scheduler.jobs.items():
            text = job.draft.text
            if len(text) > self._reported[number]:
                characters[number] = text[self._reported[number] :]
                self._reported[number] = len(text)
        if characters:
            self._send(Progress(characters))

    def _send(self, report: Report) -> None:
        pickle.dump(report, self._reports)


def _snapshot(job: Job) -> ModelState | None:
    """Return the snapshot of a text, with the activations of neurons in place of the network's state."""
    snapshot = job.draft.snapshot
    if snapshot is None:
        return None
    hidden = activations(job.model.network, snapshot.state[0])
    # A tensor on a GPU would take memory of that GPU in the process that reads the report.
    return ModelState(snapshot.logits.cpu(), (hidden.cpu(),))
