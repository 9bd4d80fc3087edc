"""A connection without a server around it: comments while nothing happens, viewers who stall, sends that fail."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from genai.serving.live import stream
from genai.serving.live.hub import Hub
from genai.serving.live.stream import Access, EventStream
from tests import loop


class Numbers:
    def __init__(self):
        self.closed = []

    def open(self, topic):
        return 0

    def close(self, topic):
        self.closed.append(topic)


class Connection:
    """A hub, a viewer of number/a, and what was sent to them.

    Args:
        send: Called with each piece after the first.
    """

    def __init__(self, send=None):
        self.hub, self.source = Hub(), Numbers()
        self.hub.add_source("number", self.source)
        self.ending = False
        self.pieces = []
        self.left = asyncio.Event()
        self._after = send

    @asynccontextmanager
    async def open(self):
        async def may_watch(_):
            return True

        lab = EventStream(self.hub, str, Access(may_watch, lambda: self.ending))
        yield asyncio.create_task(lab.serve(["number/a"], None, self._receive, self._send))
        assert self.source.closed == ["number/a"]
        assert self.hub.viewers("number/a") == 0

    async def _receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.body":
            self.pieces.append(message["body"])
        if self._after and len(self.pieces) > 1:
            await self._after()

    async def until(self, condition):
        while not condition():
            await asyncio.sleep(0.005)


def run(coroutine):
    return loop.run(asyncio.wait_for(coroutine, 10))


def test_a_comment_comes_while_nothing_happens(monkeypatch):
    assert stream.COMMENT_SECONDS == 15
    monkeypatch.setattr(stream, "COMMENT_SECONDS", 0.01)

    async def check():
        connection = Connection()
        async with connection.open() as serving:
            await connection.until(lambda: connection.pieces.count(stream.COMMENT) > 3)
            connection.left.set()
            await serving

    run(check())


def test_a_viewer_who_takes_nothing_is_dropped(monkeypatch):
    monkeypatch.setattr(stream, "STALLED_SECONDS", 0.05)

    async def check():
        connection = Connection(asyncio.Event().wait)
        async with connection.open() as serving:
            await serving

    run(check())


def test_what_waits_for_a_viewer_who_stalls_is_one_state():
    async def check():
        go_on = asyncio.Event()
        connection = Connection(go_on.wait)
        async with connection.open() as serving:
            await connection.until(lambda: len(connection.pieces) == 2)
            for n in range(1000):
                connection.hub.publish("number/a", n)
                await asyncio.sleep(0)
            go_on.set()
            await connection.until(lambda: len(connection.pieces) == 3)
            assert connection.pieces[2].endswith(b"data: 999\n\n")
            assert connection.pieces[2].count(b"data: ") == 1
            connection.left.set()
            await serving

    run(check())


def test_a_browser_that_has_gone_is_no_error():
    async def gone():
        raise OSError

    async def check():
        connection = Connection(gone)
        async with connection.open() as serving:
            await serving

    run(check())


def test_a_bug_is_not_swallowed():
    async def bug():
        raise ZeroDivisionError

    async def check():
        connection = Connection(bug)
        async with connection.open() as serving:
            with pytest.raises(ZeroDivisionError):
                await serving

    run(check())


def test_a_server_that_ends_ends_the_response():
    async def check():
        connection = Connection()
        async with connection.open() as serving:
            await connection.until(lambda: len(connection.pieces) == 2)
            connection.ending = True
            await serving
        assert connection.pieces[-1] == b""

    run(check())
