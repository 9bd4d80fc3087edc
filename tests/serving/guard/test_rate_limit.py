"""Token buckets: bursts, refilling, and how many are stored."""

from hypothesis import given
from hypothesis import strategies as st

from genai.serving.guard import rate_limit
from genai.serving.guard.rate_limit import TokenBucket


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_bucket_allows_a_burst_then_the_refill_rate():
    clock = Clock()
    tokens = TokenBucket(60, clock)
    for _ in range(60):
        assert tokens.wait("a") == 0
        tokens.take("a")
    assert tokens.wait("a") == 1
    assert tokens.wait("b") == 0
    clock.now += 1
    assert tokens.wait("a") == 0
    tokens.take("a")
    assert tokens.wait("a") == 1


def test_a_bucket_below_zero_refills_first():
    clock = Clock()
    tokens = TokenBucket(60, clock)
    tokens.take("a", 90)
    assert tokens.wait("a") == 31
    clock.now += 31
    assert tokens.wait("a") == 0


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=60), st.integers(1, 30))
def test_no_minute_has_more_than_a_burst_and_a_refill(steps, share):
    clock, granted = Clock(), []
    tokens = TokenBucket(share, clock)
    for pause, _ in steps:
        clock.now += pause
        if not tokens.wait("a"):
            tokens.take("a")
            granted.append(clock.now)
    for first in granted:
        assert sum(first <= moment < first + 60 for moment in granted) <= 2 * share


def test_full_buckets_are_dropped_when_there_are_many(monkeypatch):
    monkeypatch.setattr(rate_limit, "MAX_BUCKETS", 10)
    clock = Clock()
    tokens = TokenBucket(60, clock)
    for n in range(10):
        tokens.take(n)
    tokens.take(0, 100)
    clock.now += 30
    tokens.take("new")
    assert set(tokens._buckets) == {0, "new"}
