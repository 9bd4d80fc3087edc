"""Bodies of requests, which an application can receive only once, and of responses, which it sends in pieces."""

import asyncio

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Return a Receive that delivers a body that was read already, then whatever else comes."""
    delivered = False

    async def receive_again() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def buffered_response(app: ASGIApp, scope: Scope) -> Response:
    """Run an application on a request without a body; return its response in one piece, to be sent more than once.

    The application never hears that the browser disconnected: it would stop in the middle of a file, and whoever
    gets the response later would get a part of it.
    """
    start: Message = {}
    body = bytearray()

    async def collect(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        body.extend(message.get("body", b""))

    without_extensions = {**scope, "extensions": {}}  # else a file may come as a path, for the server to send
    await app(without_extensions, replay_body(b"", _receive_nothing), collect)
    return Response(bytes(body), start["status"], Headers(raw=start["headers"]))


async def _receive_nothing() -> Message:
    """Wait until cancelled, as a server does that has delivered a request whose browser stays connected."""
    return await asyncio.Future[Message]()
