"""A token bucket for each visitor: it holds a minute's share, is drawn from, and fills again steadily."""

from collections.abc import Callable, Hashable

MANY = 10_000  # visitors kept in mind; above it, those whose bucket is full are forgotten


class TokenBucket:
    """Limits what anyone takes in a minute.

    Args:
        a_minute: What may be taken in a minute; also what can be taken at once.
        clock: Seconds that only grow: clocks on the wall jump.
    """

    def __init__(self, a_minute: float, clock: Callable[[], float]) -> None:
        self._size, self._rate, self._clock = float(a_minute), a_minute / 60, clock
        self._left: dict[Hashable, tuple[float, float]] = {}  # what was left, and when

    def wait(self, who: Hashable) -> float:
        """Seconds until there is something to take again; 0 if there is."""
        return max(0.0, (1 - self._level(who)) / self._rate) if self._level(who) < 1 else 0.0

    def take(self, who: Hashable, amount: float = 1) -> None:
        """Take something out; it may leave a debt, which has to be filled up first."""
        if len(self._left) >= MANY:
            self._left = {other: left for other, left in self._left.items() if self._level(other) < self._size}
        self._left[who] = (self._level(who) - amount, self._clock())

    def _level(self, who: Hashable) -> float:
        left, since = self._left.get(who, (self._size, 0.0))
        return min(self._size, left + (self._clock() - since) * self._rate)
