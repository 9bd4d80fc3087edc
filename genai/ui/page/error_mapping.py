"""Tells a bad request from an error of ours: Gradio answers many a bad one with a server error and a traceback."""

import json
from typing import Any

from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genai.serving.guard.bodies import replay_body
from genai.serving.guard.refusals import refusal

API = "/gradio_api/"
FREE = (API + "upload", API + "mcp")  # a file; a protocol that has refusals of its own
NAMED = API + "call/v2/"  # parameters come by name
DIRECT = (API + "run/", API + "api/")  # here a sentence of refusal comes with the status of a server error
KEYS = ("component_id", "fn_index")  # Gradio looks these up as they come


class Blame:
    """A pure ASGI middleware.

    Args:
        app: What it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it can be read, and say 404 or 422 where it asks for what is not there."""
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and not scope["path"].startswith(FREE):
            body = await Request(scope, receive).body()
            asked = parsed(body)
            if asked is None:
                await refusal(422, "guard.json")(scope, receive, send)
                return
            await self._try(scope, replay_body(body, receive), send, asked)
        else:
            await self._try(scope, receive, send, {})

    async def _try(self, scope: Scope, receive: Receive, send: Send, asked: dict[str, Any]) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            if message.get("status") == 500 and scope["path"].startswith(DIRECT):
                message = {**message, "status": 422}
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except (FnIndexInferError, KeyError, TypeError, ValueError) as error:
            answer = _refusal_for(error, scope["path"], asked)
            if started or answer is None:
                raise
            await answer(scope, receive, send)


def _refusal_for(error: Exception, path: str, asked: dict[str, Any]) -> Response | None:
    """The answer to a request that is to blame for an exception; None if we are."""
    if isinstance(error, KeyError):
        named = f"/{path.removeprefix(NAMED).rstrip('/')}"  # of an endpoint, with a slash before it
        ours = str(error.args[0]) not in {named, *(str(asked.get(key)) for key in KEYS)}
        return None if ours else refusal(404, "guard.hidden")
    if isinstance(error, FnIndexInferError):
        return refusal(404, "guard.hidden")
    return refusal(422, "guard.parameter") if path.startswith(NAMED) else None


def parsed(body: bytes) -> dict[str, Any] | None:
    """A body that is a JSON object whose texts can be written again (half of a character cannot), else None."""
    try:
        data: Any = json.loads(body)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
