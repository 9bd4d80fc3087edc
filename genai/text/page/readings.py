"""Results that were computed for a text, kept while they do not take too much memory."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Readings(Generic[Result]):
    """The newest results of a function of a model's name and a text; not for several threads.

    Args:
        compute: The function.
        size: From a result to its bytes.
        most_bytes: Of all results that are kept; the newest one is kept whatever its size.
    """

    def __init__(
        self, compute: Callable[[str, str], Result], size: Callable[[Result], int], most_bytes: int
    ) -> None:
        self._compute = compute
        self._size = size
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, str], Result] = OrderedDict()

    def get(self, model: str, text: str) -> Result:
        """Return the result for a text, computed at its first use and after it was dropped."""
        key = (model, text)
        if key not in self._kept:
            self._kept[key] = self._compute(model, text)
        self._kept.move_to_end(key)
        self._drop_oldest()
        return self._kept[key]

    @property
    def bytes(self) -> int:
        """Of all results that are kept."""
        return sum(self._size(result) for result in self._kept.values())

    def _drop_oldest(self) -> None:
        while len(self._kept) > 1 and self.bytes > self._most_bytes:
            self._kept.popitem(last=False)
