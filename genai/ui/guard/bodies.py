"""The body of a request, which can be read only once."""

from starlette.types import Message, Receive


def again(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was read already, then whatever else comes."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
