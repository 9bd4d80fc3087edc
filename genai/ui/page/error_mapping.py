"""Client errors for bad requests: Gradio answers many of them with a server error and a traceback.

Also a sentence where an upload cannot be stored, which is an error of the server that its owner can correct.
"""

import json
import logging
from collections.abc import Mapping

from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genai.serving.guard.bodies import replay_body
from genai.serving.guard.refusals import as_text, refusal

log = logging.getLogger(__name__)

API = "/gradio_api/"
UPLOAD = API + "upload"
NOT_JSON = (UPLOAD, API + "mcp")
"""Routes whose body is a file, or of a protocol that refuses bad requests itself."""
CALL_BY_NAME = API + "call/v2/"
"""Calls of an endpoint with its parameters by name."""
DIRECT_CALLS = (API + "run/", API + "api/")
"""Calls without the queue: Gradio answers a GenaiError here with its message and status 500."""
LOOKUP_KEYS = ("component_id", "fn_index")
"""Fields of a body by which Gradio looks something up without checking that it exists."""


class ErrorMapping:
    """A pure ASGI middleware that answers 404 and 422 where a request asks for what does not exist.

    An upload for which the disk is full, or whose folder belongs to somebody else, is answered with 507.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body that is not a JSON object; pass on all else and map the errors that it raises."""
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        if scope["method"] != "POST" or scope["path"].startswith(NOT_JSON):
            await self._map_errors(scope, receive, send, {})
            return
        body = await Request(scope, receive).body()
        fields = parse_object(body)
        if fields is None:
            await refusal(422, "guard.json")(scope, receive, send)
            return
        await self._map_errors(scope, replay_body(body, receive), send, fields)

    async def _map_errors(self, scope: Scope, receive: Receive, send: Send, fields: Mapping[str, object]) -> None:
        started = False

        async def send_mapped(message: Message) -> None:
            nonlocal started
            started = True
            if message.get("status") == 500 and scope["path"].startswith(DIRECT_CALLS):
                message = {**message, "status": 422}
            await send(message)

        try:
            await self._app(scope, receive, send_mapped)
        except OSError as error:
            if started or scope["path"] != UPLOAD:
                raise
            log.error("An upload could not be stored: %s. GRADIO_TEMP_DIR names the folder of uploads.", error)
            await as_text(refusal(507, "guard.storage"))(scope, receive, send)
        except (FnIndexInferError, KeyError, TypeError, ValueError) as error:
            response = _response_to(error, scope["path"], fields)
            if started or response is None:
                raise
            await response(scope, receive, send)


def _response_to(error: Exception, path: str, fields: Mapping[str, object]) -> Response | None:
    """Return the response to a request that caused an exception; None where the fault is the server's."""
    if isinstance(error, FnIndexInferError):
        return refusal(404, "guard.hidden")
    if isinstance(error, KeyError):
        endpoint = f"/{path.removeprefix(CALL_BY_NAME).rstrip('/')}"
        requested = {endpoint, *(str(fields.get(key)) for key in LOOKUP_KEYS)}
        return refusal(404, "guard.hidden") if str(error.args[0]) in requested else None
    return refusal(422, "guard.parameter") if path.startswith(CALL_BY_NAME) else None


def parse_object(body: bytes) -> Mapping[str, object] | None:
    """Return a body that is a JSON object, else None; also None where a string has half of a surrogate pair."""
    try:
        data: object = json.loads(body)
        json.dumps(data, ensure_ascii=False).encode()  # Gradio will write it again
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
