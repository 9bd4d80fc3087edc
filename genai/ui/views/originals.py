"""The training item itself beside the generated one, where the data is on this machine.

Reading one may take a second: whoever asks is told to ask again, and nobody else has to wait.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic

from genai.serving.models import Registry
from genai.ui.views.inside import M, known
from genai.ui.words.errors import answer_errors
from genai.validation import check_range

PATIENCE = 0.25  # seconds before the answer is "loading"
KEPT = 200  # items read last
Shown = dict[str, Any]


class Originals(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        read: From a model and an item's name to what the view shows of it; None where the data is not here.
    """

    def __init__(self, registry: Registry[M], read: Callable[[M, str], Shown | None]) -> None:
        self._registry, self._read = registry, read
        self._reader = ThreadPoolExecutor(1, "originals")
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[Shown | None]] = {}

    @answer_errors
    def original(self, data: dict[str, Any]) -> Shown:
        """Show a training item.

        Args:
            data: "model", and "row", the item's place in the training part.

        Returns:
            What the view shows, or "loading": ask again; or "absent": the data is not on this machine.
        """
        try:
            shown = self._found(str(data.get("model")), data.get("row")).result(PATIENCE)
        except TimeoutError:
            return {"loading": True}
        return {"absent": True} if shown is None else shown

    def _found(self, name: str, row: object) -> Future[Shown | None]:
        model, header = self._registry.get(name), self._registry.header(name)
        ids = known(self._registry.modality, header.data_set)[1].ids
        check_range("Row", row, 0, len(ids) - 1, whole=True)
        assert isinstance(row, int)
        with self._lock:
            before = self._asked.get((name, row))
            if before is None or _in_vain(before):
                self._asked[name, row] = self._reader.submit(self._read, model, ids[row])
            while len(self._asked) > KEPT:
                self._asked.pop(next(iter(self._asked)))
            return self._asked[name, row]


def _in_vain(reading: Future[Shown | None]) -> bool:
    """Whether a reading found nothing, or failed: the data may have come or been mended since."""
    return reading.done() and (reading.exception() is not None or reading.result() is None)
