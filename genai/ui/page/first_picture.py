"""What a browser shows of the page before Gradio's scripts have run, which takes a second and more."""

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from genai.serving.guard.bodies import buffered_response
from genai.ui.page.start_language import is_page

BODY = re.compile(rb"<body[^>]*>")


class FirstPicture:
    """A pure ASGI middleware that puts HTML at the start of the page's body.

    Args:
        app: The application behind it.
        picture: Returns the HTML; "" leaves the page as it is.
    """

    def __init__(self, app: ASGIApp, picture: Callable[[], str]) -> None:
        self._app = app
        self._picture = picture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the picture to the page; pass on all else."""
        picture = self._picture() if scope["type"] == "http" and scope["method"] == "GET" and is_page(scope) else ""
        if not picture:
            await self._app(scope, receive, send)
            return
        response = await buffered_response(self._app, scope)
        if response.headers.get("content-type", "").startswith("text/html"):
            response.body = BODY.sub(lambda body: body[0] + picture.encode(), bytes(response.body), count=1)
            response.headers["content-length"] = str(len(response.body))
        await response(scope, receive, send)
