"""The newest state of everything that is watched, passed on to all who watch it.

Whoever computes something (a game, a training) is a source of topics, such as "game/abc". A topic has one state,
and what is sent is the whole of it. So a viewer who reads slowly loses nothing by skipping states: at most one
event of each topic waits for a viewer, the newest.
"""

import asyncio
import hashlib
import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from genai.errors import ConfigError, quoted
from genai.language.strings import Bilingual

log = logging.getLogger(__name__)

MAX_REMEMBERED = 4096
"""Topics whose newest event is remembered, by number and fingerprint. A viewer who comes back to a forgotten one is
sent its state once more."""

Explain = Callable[[Exception], Bilingual]


class Source(Protocol):
    """Who publishes the topics of a prefix. Both methods run in the server's event loop: they must be quick."""

    def open(self, topic: str) -> object | None:
        """Take note of one more viewer of a topic.

        Returns:
            The state to send first, as JSON; None where there is none yet.

        Raises:
            GenaiError: if there is no such topic; the viewer gets its sentence.
        """

    def close(self, topic: str) -> None:
        """Take note that the last viewer of a topic has gone."""


@dataclass(frozen=True)
class Seen:
    """What a viewer who comes back has.

    Args:
        event_id: Of the last event that came.
        topics: The topics that were watched then.
    """

    event_id: str
    topics: frozenset[str]


@dataclass(frozen=True)
class _Newest:
    number: int
    fingerprint: bytes


class Viewer:
    """What one stream still has to send: at most one event of each topic, the oldest first."""

    def __init__(self) -> None:
        self.topics: list[str] = []
        self.is_closed = False
        self._waiting: dict[str, bytes] = {}
        self._changed = asyncio.Event()

    def put(self, topic: str, event: bytes) -> None:
        """Have an event sent, in place of an older one of its topic that still waits."""
        self._waiting.pop(topic, None)  # the new event goes to the end: events are sent in the order of their ids
        self._waiting[topic] = event
        self._changed.set()

    def close(self) -> None:
        """Have the stream end."""
        self.is_closed = True
        self._changed.set()

    async def take(self) -> bytes:
        """Wait for events and return all that wait; nothing where the stream ends."""
        await self._changed.wait()
        self._changed.clear()
        events = b"".join(self._waiting.values())
        self._waiting.clear()
        return events


class Hub:
    """Passes on the states of topics from sources to viewers; one for the server."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._viewers: dict[str, list[Viewer]] = {}
        self._newest: OrderedDict[str, _Newest] = OrderedDict()
        self._server = secrets.token_hex(4)  # ids of a server that was restarted mean nothing to this one
        self._numbers = count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._published: dict[str, bytes] = {}
        self._lock = threading.Lock()  # of _published and _loop

    def add_source(self, prefix: str, source: Source) -> None:
        """Have a source asked for all topics that begin with a prefix and "/".

        Raises:
            ValueError: if the prefix has a source already.
        """
        if prefix in self._sources:
            raise ValueError(f"{prefix} has a source already")
        self._sources[prefix] = source

    def viewers(self, topic: str) -> int:
        """Return how many watch a topic now; may be called from any thread."""
        return len(self._viewers.get(topic, ()))

    def publish(self, topic: str, state: object) -> None:
        """Send a topic's whole state to everybody who watches it; may be called from any thread, at any time.

        Where nobody watches, nothing is done: whoever comes later gets the snapshot of the source.

        Args:
            topic: Prefix of a source, "/", and the rest.
            state: JSON without NaN and infinities.

        Raises:
            TypeError: if the state is not JSON.
            ValueError: if it has a number that is not finite, or a text that is not Unicode.
        """
        if not self.viewers(topic):
            return
        data = _encoded(state)
        with self._lock:
            is_first = not self._published
            self._published[topic] = data
            loop = self._loop
        if is_first and loop is not None:
            _call_in(loop, self._deliver)

    def subscribe(self, topics: Sequence[str], explain: Explain, seen: Seen | None = None) -> Viewer:
        """Add a viewer, who is sent the state of each topic first; to be called in the server's event loop.

        Args:
            topics: What to watch.
            explain: Returns the sentence for a topic that cannot be watched, which is sent in place of its state.
            seen: What the viewer has already and is not sent again.
        """
        loop = asyncio.get_running_loop()
        with self._lock:
            if loop is not self._loop:
                self._loop, self._published = loop, {}
        viewer = Viewer()
        snapshots = []
        for topic in topics:
            # Before the snapshot is taken: a change after it is published only where somebody watches.
            self._viewers.setdefault(topic, []).append(viewer)
            try:
                data = self._open(topic)
            except Exception as error:
                self._remove(viewer, topic)
                viewer.put(topic, _event(topic, _encoded({"sentence": explain(error)})))
                continue
            viewer.topics.append(topic)
            if data is not None:
                snapshots.append((self._number(topic, data), topic, data))
        for number, topic, data in sorted(snapshots):
            if not self._has(seen, topic, number):
                viewer.put(topic, self._numbered_event(number, topic, data))
        return viewer

    def unsubscribe(self, viewer: Viewer) -> None:
        """Remove a viewer, and tell the sources of topics that nobody watches any more."""
        for topic in viewer.topics:
            self._remove(viewer, topic)
            if self.viewers(topic):
                continue
            try:
                self._source(topic).close(topic)
            except Exception:
                log.exception("A bug: the source of %s failed to close it", topic)

    def _remove(self, viewer: Viewer, topic: str) -> None:
        viewers = self._viewers[topic]
        viewers.remove(viewer)
        if not viewers:
            del self._viewers[topic]

    def _source(self, topic: str) -> Source:
        source = self._sources.get(topic.partition("/")[0])
        if source is None:
            raise ConfigError(
                "There is no {topic} to watch here: reload the page, which may be older than this server.",
                topic=quoted(topic),
            )
        return source

    def _open(self, topic: str) -> bytes | None:
        source = self._source(topic)
        state = source.open(topic)
        try:
            return None if state is None else _encoded(state)
        except Exception:
            if self.viewers(topic) == 1:  # nobody but the viewer that is refused
                source.close(topic)
            raise

    def _number(self, topic: str, data: bytes) -> int:
        """Return the number of a snapshot: the newest event's where it says the same.

        A snapshot that says something else is remembered as the newest only where there is one viewer: others have
        not been sent it.
        """
        newest = self._newest.get(topic)
        if newest is not None and newest.fingerprint == _fingerprint(data):
            return newest.number
        number = next(self._numbers)
        if self.viewers(topic) == 1:
            self._remember(topic, number, data)
        return number

    def _remember(self, topic: str, number: int, data: bytes) -> None:
        self._newest[topic] = _Newest(number, _fingerprint(data))
        self._newest.move_to_end(topic)
        if len(self._newest) > MAX_REMEMBERED:
            self._newest.popitem(last=False)

    def _has(self, seen: Seen | None, topic: str, number: int) -> bool:
        """Return whether a viewer has an event: events are sent in the order of their numbers."""
        if seen is None or topic not in seen.topics:
            return False
        server, _, last = seen.event_id.partition("-")
        return server == self._server and last.isdecimal() and number <= int(last[:20])

    def _deliver(self) -> None:
        """Give the viewers what was published since the last time; runs in the event loop."""
        with self._lock:
            published, self._published = self._published, {}
        for topic, data in published.items():
            viewers = self._viewers.get(topic)
            if not viewers:
                continue
            number = next(self._numbers)
            self._remember(topic, number, data)
            event = self._numbered_event(number, topic, data)
            for viewer in viewers:
                viewer.put(topic, event)

    def _numbered_event(self, number: int, topic: str, data: bytes) -> bytes:
        return b"id: %s-%d\n" % (self._server.encode(), number) + _event(topic, data)


def _encoded(state: object) -> bytes:
    """Return JSON in one line of UTF-8."""
    return json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _event(topic: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (topic.encode(), data)


def _fingerprint(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """Run a function in an event loop; a loop that has ended has no viewers."""
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        if not loop.is_closed():
            raise
