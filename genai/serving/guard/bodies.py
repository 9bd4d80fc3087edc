"""Bodies: of a request, which can be read only once, and of an answer, which comes in pieces."""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was read already, then whatever else comes."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


async def whole(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """An application's answer in one piece, which can be sent more than once."""
    start: Message = {}
    body = bytearray()

    async def collect(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        body.extend(message.get("body", b""))

    content = {**scope, "extensions": {}}  # of a file its content, not its path for the server to send
    await app(content, receive, collect)
    return Response(bytes(body), start["status"], Headers(raw=start["headers"]))
