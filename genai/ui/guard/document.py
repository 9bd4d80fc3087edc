"""The page itself, compressed: half a million characters, which Gradio sends as they are."""

import gzip

import brotli
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from genai.ui.guard.bodies import whole


class Document:
    """A pure ASGI middleware.

    Args:
        app: What it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page as small as the browser can read it."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        answer = await whole(self._app, scope, receive)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        if packed := _packed(bytes(answer.body), accepted):
            coding, answer.body = packed
            answer.headers.update({"Content-Encoding": coding, "Content-Length": str(len(answer.body))})
        answer.headers.add_vary_header("Accept-Encoding")
        await answer(scope, receive, send)


def _packed(page: bytes, accepted: str) -> tuple[str, bytes] | None:
    """A coding that is accepted, and the page in it: a seventh of it by Brotli, a quarter by gzip."""
    if "br" in accepted:
        return "br", brotli.compress(page, quality=5)
    return (
        ("gzip", gzip.compress(page, mtime=0)) if "gzip" in accepted else None
    )  # most take Brotli through https only
