"""The language that the page starts in, chosen before Gradio's own scripts run."""

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from genai.serving.guard.bodies import buffered_response

SCRIPT = Path(__file__).with_name("language.js")
HEAD = b"<head>"


class StartLanguage:
    """A pure ASGI middleware that puts a script before those of Gradio's page.

    Gradio's own option for scripts in the head runs them after it has chosen a language.

    Args:
        app: The application behind it.
        fallback: The language that the server was started with, where neither the address nor an earlier visit
            names one; None takes the browser's.
    """

    def __init__(self, app: ASGIApp, fallback: str | None) -> None:
        self._app = app
        script = SCRIPT.read_text(encoding="utf-8").replace("FALLBACK", fallback or "")
        self._head = HEAD + f"<script>{script}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the script to the page; pass on all else."""
        if scope["type"] != "http" or scope["method"] != "GET" or not is_page(scope):
            await self._app(scope, receive, send)
            return
        response = await buffered_response(self._app, scope)
        if response.headers.get("content-type", "").startswith("text/html"):
            response.body = bytes(response.body).replace(HEAD, self._head, 1)
            response.headers["content-length"] = str(len(response.body))
        await response(scope, receive, send)


def is_page(scope: Scope) -> bool:
    """Return whether a request is for the page itself."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path in ("", "/")
