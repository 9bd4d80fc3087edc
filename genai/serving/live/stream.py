"""The event stream (server-sent events) through which a page watches topics: GET /lab/stream?topics=a/1,b/2.

It is not compressed: an event is written once for all viewers, where a compressor would work once for each of them,
and most of a state is base64 of bytes that are hard to compress.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from genai.errors import quoted
from genai.serving.guard.guard import STREAM
from genai.serving.guard.refusals import refusal
from genai.serving.live.hub import Explain, Hub, Seen, Viewer

MAX_TOPICS = 32
"""Topics of one stream."""
TOPIC = re.compile(r"[a-z]{1,20}(/[A-Za-z0-9_-]{1,64}){1,2}")
"""A prefix and one or two names, so that no topic is called like an event of the browser's own, such as "error"."""
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",  # a proxy that compresses would hold events back
    "X-Accel-Buffering": "no",  # the same for nginx
}
COMMENT = b": alive\n\n"
COMMENT_SECONDS = 15.0
"""After so long without an event a comment is sent: proxies close connections on which nothing comes."""
STALLED_SECONDS = 60.0
"""A viewer who has taken nothing for so long is dropped."""
LOOK_SECONDS = 0.25
"""How often to look whether the server ends."""


@dataclass(frozen=True)
class Access:
    """What the stream must know of the server around it.

    Args:
        may_watch: Whether a request comes from somebody who may see the page.
        is_ending: Whether the server has been told to stop; it then waits for all connections to end.
    """

    may_watch: Callable[[Request], Awaitable[bool]]
    is_ending: Callable[[], bool]


class EventStream:
    """The route of the stream.

    Args:
        hub: Whose topics are watched.
        explain: Returns the sentence for an error.
        access: Who may watch, and until when.
    """

    def __init__(self, hub: Hub, explain: Explain, access: Access) -> None:
        self._hub = hub
        self._explain = explain
        self._access = access
        self._viewers: set[Viewer] = set()
        self._lookout: asyncio.Task[None] | None = None

    def route(self) -> Route:
        """Return the route for the application."""
        return Route(STREAM, self._answer, methods=["GET"])

    async def _answer(self, request: Request) -> Response:
        if not await self._access.may_watch(request):
            return refusal(401, "live.login")
        topics = _split(request.query_params.get("topics", ""))
        refused = _refuse(topics)
        if refused is not None:
            return refused
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        return _Response(self, topics, _seen(request, topics))

    async def serve(self, topics: list[str], seen: Seen | None, receive: Receive, send: Send) -> None:
        """Send events until the browser leaves, stalls, or the server ends."""
        viewer = self._hub.subscribe(topics, self._explain, seen)
        self._add(viewer)
        tasks = {asyncio.create_task(_write(viewer, send)), asyncio.create_task(_disconnected(receive))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._viewers.discard(viewer)
            self._hub.unsubscribe(viewer)
            await _stop(tasks)

    def _add(self, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        if self._lookout is None or self._lookout.done():
            self._lookout = asyncio.create_task(self._look_out())

    async def _look_out(self) -> None:
        """Close all streams when the server ends, which it does not tell them."""
        while self._viewers:
            if self._access.is_ending():
                for viewer in self._viewers:
                    viewer.close()
            await asyncio.sleep(LOOK_SECONDS)


class _Response(Response):
    """A response that lasts as long as somebody watches."""

    def __init__(self, stream: EventStream, topics: list[str], seen: Seen | None) -> None:
        super().__init__(headers=HEADERS)
        self._stream = stream
        self._topics = topics
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream."""
        await self._stream.serve(self._topics, self._seen, receive, send)


async def _stop(tasks: Collection[asyncio.Task[None]]) -> None:
    """End the tasks of a stream; that a browser left or stalled is no error."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception) and not isinstance(result, OSError):  # a TimeoutError is one too
            raise result


async def _write(viewer: Viewer, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # The first bytes, before which browsers do not regard the stream as open.
    await send({"type": "http.response.body", "body": COMMENT, "more_body": True})
    while not viewer.is_closed:
        events = await _next(viewer)
        async with asyncio.timeout(STALLED_SECONDS):
            await send({"type": "http.response.body", "body": events, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(viewer: Viewer) -> bytes:
    try:
        async with asyncio.timeout(COMMENT_SECONDS):
            return await viewer.take()
    except TimeoutError:
        return COMMENT


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _split(topics: str) -> list[str]:
    """Return the topics of a list separated by commas, each once."""
    return list(dict.fromkeys(topic for topic in topics.split(",") if topic))


def _refuse(topics: list[str]) -> Response | None:
    """Return the response that refuses a list of topics; None where it can be watched."""
    if not topics:
        return refusal(422, "live.none")
    for topic in topics:
        if not TOPIC.fullmatch(topic):
            return refusal(422, "live.topic", topic=quoted(topic))
    if len(topics) > MAX_TOPICS:
        return refusal(422, "live.many", count=len(topics), most=MAX_TOPICS)
    return None


def _seen(request: Request, topics: list[str]) -> Seen | None:
    """Return what the viewer has: all topics where a browser reconnects by itself, else those that it names."""
    last = request.headers.get("last-event-id")
    if last is not None:
        return Seen(last, frozenset(topics))
    last = request.query_params.get("last")
    return Seen(last, frozenset(_split(request.query_params.get("has", "")))) if last is not None else None
