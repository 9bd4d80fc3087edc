"""Bilingual error responses for refused requests; Gradio shows `detail` verbatim, our scripts show `sentence`."""

import json
import math

from starlette.responses import JSONResponse, PlainTextResponse, Response

from genai.language.strings import Bilingual, both


def detail(message: Bilingual) -> str:
    """Return both languages in one line: the server does not know which one the page is in."""
    return " · ".join(message.values())


def refusal(status: int, key: str, seconds: float | None = None, **values: object) -> JSONResponse:
    """Return the response that refuses a request.

    Args:
        status: 401, 404, 411, 413, 422, 429, 503 or 507.
        key: Of the message, in the string files.
        seconds: When to try again; sent as Retry-After, and to the message as "seconds".
        values: Of the message's fields.
    """
    headers: dict[str, str] = {}
    if seconds is not None:
        values["seconds"] = max(1, math.ceil(seconds))
        headers["Retry-After"] = str(values["seconds"])
    sentence = both(key, **values)
    return JSONResponse({"detail": detail(sentence), "sentence": sentence}, status, headers)


def as_text(response: JSONResponse) -> Response:
    """Return a refusal as plain text: of an upload the page shows the body as it is, of all else its `detail`."""
    message = json.loads(bytes(response.body))["detail"]
    headers = {name: value for name, value in response.headers.items() if name == "retry-after"}
    return PlainTextResponse(message, response.status_code, headers)


def closed(name: str) -> JSONResponse:
    """Return the answer to a view's question that is switched off here; the view shows the sentence."""
    return JSONResponse({"sentence": both("guard.closed", name=name)})
