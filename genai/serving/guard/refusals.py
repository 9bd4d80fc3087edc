"""What who is refused is told, in both languages: the page shows the detail as it is."""

import math

from starlette.responses import JSONResponse

from genai.language.strings import Bilingual, both


def detail(said: Bilingual) -> str:
    """Both languages in one line: the server does not know which one the page is in."""
    return " · ".join(said.values())


def refusal(status: int, key: str, seconds: float | None = None, **values: object) -> JSONResponse:
    """Refuse a request.

    Args:
        status: 404, 411, 413, 429 or 503.
        key: Of the sentence.
        seconds: When to come again.
        values: Of the sentence's fields; "seconds" is filled in.
    """
    later = {} if seconds is None else {"seconds": max(1, math.ceil(seconds))}
    headers = {"Retry-After": str(later["seconds"])} if later else {}
    return JSONResponse({"detail": detail(both(key, **later, **values))}, status, headers)


def closed(name: str) -> JSONResponse:
    """Answer a view's question that is switched off here; the view shows the sentence in its language."""
    return JSONResponse({"sentence": both("guard.closed", name=name)})
