"""A minute's share, drawn from and filled again."""

from hypothesis import given
from hypothesis import strategies as st

from genai.serving.guard import rate_limit
from genai.serving.guard.rate_limit import TokenBucket


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_minute_s_share_at_once_then_one_by_one():
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


def test_a_debt_is_filled_up_first():
    clock = Clock()
    tokens = TokenBucket(60, clock)
    tokens.take("a", 90)
    assert tokens.wait("a") == 31
    clock.now += 31
    assert tokens.wait("a") == 0


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=60), st.integers(1, 30))
def test_nobody_gets_more_than_two_shares_in_a_minute(steps, share):
    clock, granted = Clock(), []
    tokens = TokenBucket(share, clock)
    for pause, _ in steps:
        clock.now += pause
        if not tokens.wait("a"):
            tokens.take("a")
            granted.append(clock.now)
    for first in granted:
        assert sum(first <= moment < first + 60 for moment in granted) <= 2 * share


def test_those_with_a_full_bucket_are_forgotten_when_there_are_many(monkeypatch):
    monkeypatch.setattr(rate_limit, "MAX_BUCKETS", 10)
    clock = Clock()
    tokens = TokenBucket(60, clock)
    for n in range(10):
        tokens.take(n)
    tokens.take(0, 100)
    clock.now += 30
    tokens.take("new")
    assert set(tokens._buckets) == {0, "new"}
