"""Texts for many visitors at once: one loop writes them all, and they join and leave between characters.

This is continuous batching. Source: Yu et al. 2022, "Orca: A distributed serving system for Transformer-based
generative models", OSDI: batches are made anew at every step, not at every request.
"""

import threading
from collections.abc import Generator

from genai.text.decoding.batch import Batch, Draft
from genai.text.sampling import CHUNK, TextModel

REFRESH_SECONDS = 0.04
"""Between two looks at a lone text: slower looks like stuttering, faster is not drawn."""
BUSY_SECONDS = 0.02
"""The same for each text being written: the page's server passes on fifty pieces a second with ease beside the
writing, whoever they are for."""


class Job:
    """A draft and whether somebody still wants it."""

    def __init__(self, model: TextModel, draft: Draft) -> None:
        self.model, self.draft = model, draft
        self.cancelled = False
        self.error: Exception | None = None
        self.done = threading.Event()


class Scheduler:
    """Writes whatever was ordered, of all models, in one thread that lives while there is something to write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Job] = []
        self._batches: dict[int, Batch] = {}  # of the loop alone, by the number of the model's loop
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        """Texts that are being written."""
        return len(self._orders)

    def write(self, model: TextModel, draft: Draft) -> Generator[str, None, None]:
        """Hand out a text as it grows, whole each time; closing the iterator frees its place.

        Args:
            model: Which writes.
            draft: Begun in the thread of who asks, where a long prompt holds up nobody else.
        """
        order = Job(model, draft)
        self._place(order)
        try:
            while not order.done.wait(max(REFRESH_SECONDS, BUSY_SECONDS * len(self))):
                yield order.draft.text
            if order.error is not None:
                raise order.error
            yield order.draft.text
        finally:
            order.cancelled = True

    def _place(self, order: Job) -> None:
        with self._lock:
            self._orders.append(order)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="text-scheduler", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while orders := self._wanted():
            self._seat(orders)
            for batch in self._batches.values():
                self._advance(batch, orders)
            self._batches = {number: batch for number, batch in self._batches.items() if batch.drafts}

    def _wanted(self) -> list[Job]:
        """The orders not ended and not cancelled; the thread ends where there are none."""
        with self._lock:
            self._orders = [order for order in self._orders if not (order.cancelled or order.done.is_set())]
            if not self._orders:
                self._thread, self._batches = None, {}
            return list(self._orders)

    def _seat(self, orders: list[Job]) -> None:
        """Let newcomers join the batch of their model, and those whom nobody wants any more leave."""
        for number in {id(order.model.loop) for order in orders} - self._batches.keys():
            model = next(order.model for order in orders if id(order.model.loop) == number)
            self._batches[number] = Batch(model.loop, model.vocabulary)
        for number, batch in self._batches.items():
            wanted = [order.draft for order in orders if id(order.model.loop) == number]
            batch.leave(set(batch.drafts) - set(wanted))
            batch.join(draft for draft in wanted if draft not in batch.drafts)

    def _advance(self, batch: Batch, orders: list[Job]) -> None:
        """Write on; what fails, fails for the texts of this model only."""
        drafts, error = set(batch.drafts), None
        try:
            batch.advance(CHUNK)
        except Exception as problem:  # raised again by each of those who wait for it
            error = problem
            batch.leave(drafts)
        for order in orders:
            if order.draft in drafts and (error is not None or order.draft.ended):
                order.error = error
                order.done.set()
