"""A cache in memory for what is the same for every visitor: the page, its scripts, styles and fonts.

A browser that opens the page requests it and seventy files, a class that opens it together thousands. Gradio builds
the page and reads and compresses each file again for every request, and sends no Cache-Control.
"""

import hashlib
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from genai.serving.guard.bodies import buffered_response

PAGE = "/"
PAGE_CACHE_CONTROL = "private, no-cache"
"""A browser may keep the page, but asks each time whether it is still the same."""
FILE_CACHE_CONTROL = {"/assets/": "public, max-age=31536000, immutable", "/static/": "public, max-age=86400"}
"""By folder: how long a browser may keep a file. Names in the first folder contain a hash of the content."""
ENCODINGS = ("br", "gzip")
"""In the order in which `Compression` prefers them."""
ADDRESS_HEADERS = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""Headers from which Gradio derives the address that it writes into the page."""
SERVER_PARAMETERS = {"page", "deep_link", "all_endpoints"}
"""Parameters of the page's query that Gradio reads on the server; all others are read in the browser."""
MAX_BYTES = 2**24
"""Of all cached bodies; the page with its files needs half a million."""
Key = tuple[str, ...]


class Cache:
    """A pure ASGI middleware.

    Args:
        app: The application behind it, with its compression.
        same_for_all: Whether the page is the same for every visitor; a login writes their name into it.
        max_bytes: Of all cached bodies; what does not fit is not cached.
        version: Returns another text when the page has changed since the server began.
    """

    def __init__(
        self,
        app: ASGIApp,
        same_for_all: bool = True,
        max_bytes: int = MAX_BYTES,
        version: Callable[[], str] = str,
    ) -> None:
        self._app = app
        self._same_for_all = same_for_all
        self._version = version
        self._free_bytes = max_bytes
        self._responses: dict[Key, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a cached response, or the application's."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        response = self._responses.get(key)
        if response is None:
            response = await buffered_response(self._app, scope)
            if response.status_code == 200:
                self._store(key, response, scope["path"])
        if response.status_code == 200 and _matches(response, Headers(scope=scope)):
            response = _not_modified(response)
        await response(scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """Return what a response depends on; None where it must not be cached."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        headers = Headers(scope=scope)
        if "range" in headers:
            return None
        path = scope["path"]
        accepted = headers.get("accept-encoding", "")
        encoding = next((encoding for encoding in ENCODINGS if encoding in accepted), "")
        if path.startswith(tuple(FILE_CACHE_CONTROL)):
            return (path, encoding)
        if path != PAGE or not self._same_for_all:
            return None
        parameters = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if parameters.keys() & SERVER_PARAMETERS:
            return None
        address = [headers.get(name, "") for name in ADDRESS_HEADERS]
        return (path, encoding, scope["scheme"], scope.get("root_path", ""), *address, self._version())

    def _store(self, key: Key, response: Response, path: str) -> None:
        """Add the headers for browsers, and cache the response if it fits."""
        response.headers["Cache-Control"] = _cache_control(path)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["ETag"] = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'  # one for each encoding
        if key not in self._responses and len(response.body) <= self._free_bytes:
            self._responses[key] = response
            self._free_bytes -= len(response.body)


def _cache_control(path: str) -> str:
    for folder, value in FILE_CACHE_CONTROL.items():
        if path.startswith(folder):
            return value
    return PAGE_CACHE_CONTROL


def _matches(response: Response, request_headers: Headers) -> bool:
    """Return whether the browser has this response already."""
    return response.headers["etag"] in request_headers.get("if-none-match", "")


def _not_modified(response: Response) -> Response:
    headers = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=304, headers=headers)
