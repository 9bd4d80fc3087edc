"""The training item itself beside the generated one.

Reading one may take a second. The answer is then "loading", and the script asks again, so that no visitor waits for
another's item.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypedDict

from genai.checkpoint.header import Header
from genai.quality.data_identity import identity_of
from genai.quality.nearest import NearestIndex
from genai.serving.models import Registry
from genai.ui.views.inside import load_index
from genai.ui.views.questions import OriginalQuestion
from genai.ui.views.renderer import M, Original
from genai.ui.words.errors import answer_errors
from genai.validation import check_range

TIMEOUT_SECONDS = 0.25  # before the answer is "loading"
KEPT = 200  # items read last


class Loading(TypedDict):
    """The item is still being read: ask again."""

    loading: bool


class Originals(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        read: From a model, the index of its data set and a row to what the view shows.
    """

    def __init__(self, registry: Registry[M], read: Callable[[M, NearestIndex, int], Original]) -> None:
        self._registry = registry
        self._read = read
        self._reader = ThreadPoolExecutor(1, "originals")
        self._lock = threading.Lock()
        self._futures: dict[tuple[str, int], Future[Original]] = {}

    @answer_errors
    def original(self, question: OriginalQuestion) -> Original | Loading:
        """Show a training item."""
        future = self._future(str(question.get("model")), question.get("row"))
        try:
            return future.result(TIMEOUT_SECONDS)
        except TimeoutError:
            return {"loading": True}

    def _future(self, name: str, row: object) -> Future[Original]:
        """Return the item that is being read, or has been; begin to read it if need be.

        Raises:
            GenaiError: if there is no such model, index or row.
        """
        model = self._registry.get(name)
        header = self._registry.header(name)
        _, index = load_index(self._registry.modality, header.data_set, self._registry.folder, identity_of(header))
        check_range("Row", row, 0, len(index.ids) - 1, whole=True)
        assert isinstance(row, int)
        with self._lock:
            future = self._futures.get((name, row))
            if future is None or _worth_retrying(future):
                future = self._reader.submit(self._read, model, index, row)
                self._futures[name, row] = future
            while len(self._futures) > KEPT:
                self._futures.pop(next(iter(self._futures)))
            return future


def _worth_retrying(future: Future[Original]) -> bool:
    """Whether reading failed, or gave the small copy: the data may have been repaired or added since."""
    return future.done() and (future.exception() is not None or future.result()["compressed"])


def published_set(header: Header | None) -> str:
    """Return the name of a model's data set if it is a published one, else "".

    Only those may be on this machine: own data may have the name of one, and is another.
    """
    return header.data_set if header and not identity_of(header).is_own else ""
