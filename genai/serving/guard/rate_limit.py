"""Rate limiting with token buckets, one for each visitor."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

MAX_BUCKETS = 10_000
"""Buckets that are stored; beyond that, full ones are dropped, which equal those of new visitors."""


@dataclass(frozen=True)
class _Bucket:
    tokens: float
    updated: float  # seconds of the clock


class TokenBucket:
    """Token buckets that hold the tokens of a minute and refill steadily.

    Args:
        per_minute: Tokens that a bucket gets in a minute, and the most that it holds.
        clock: Returns seconds of a monotonic clock: the system's time can jump.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float]) -> None:
        self._capacity = float(per_minute)
        self._tokens_per_second = per_minute / 60
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}

    def wait(self, key: Hashable) -> float:
        """Return the seconds until a bucket holds a token; 0 if it does."""
        missing = 1 - self._tokens(key)
        return max(0.0, missing / self._tokens_per_second)

    def take(self, key: Hashable, tokens: float = 1) -> None:
        """Take tokens out of a bucket; it may go below zero, and refills from there."""
        if len(self._buckets) >= MAX_BUCKETS:
            self._drop_full_buckets()
        self._buckets[key] = _Bucket(self._tokens(key) - tokens, self._clock())

    def _tokens(self, key: Hashable) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            return self._capacity
        refilled = (self._clock() - bucket.updated) * self._tokens_per_second
        return min(self._capacity, bucket.tokens + refilled)

    def _drop_full_buckets(self) -> None:
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if self._tokens(key) < self._capacity}
