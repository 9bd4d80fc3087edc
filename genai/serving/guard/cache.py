"""What every visitor is sent alike, made once and then sent from memory: the page, its scripts, styles and fonts.

A browser that opens the page asks for it and for seventy files, a class that opens it together for thousands.
Gradio makes the page and reads and compresses each file anew for everybody, and tells no browser how long it may
keep one.
"""

import hashlib
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from genai.serving.guard.bodies import whole

PAGE = "/"
LASTING = {"/assets/": "public, max-age=31536000, immutable", "/static/": "public, max-age=86400"}
"""How long a browser may keep what lies in a folder; the names in the first say what is in the file."""
ASKED_AGAIN = "private, no-cache"  # the page: by its browser alone, and used when the server says it is the same
CODINGS = ("br", "gzip")  # in the order in which the compression prefers them
SEEN_BY = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""Headers from which Gradio makes the address that is written in the page."""
GRADIOS = {"page", "deep_link", "all_endpoints"}
"""What Gradio reads of the page's query; all else in it is read in the browser."""
MOST_BYTES = 2**24  # kept in all; the page with its files needs half a million
Key = tuple[str, ...]


class Cache:
    """A pure ASGI middleware.

    Args:
        app: What it stands before: it makes the answers and compresses them.
        alike: Whether every visitor is sent the same page; a login writes their name into it.
        most_bytes: Kept in all; what does not fit is asked for each time.
    """

    def __init__(self, app: ASGIApp, alike: bool = True, most_bytes: int = MOST_BYTES) -> None:
        self._app, self._alike, self._left = app, alike, most_bytes
        self._kept: dict[Key, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory what was asked before."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        answer = self._kept.get(key)
        if answer is None:
            answer = await whole(self._app, scope, receive)
            if answer.status_code == 200:
                self._keep(key, answer, scope["path"])
        if answer.status_code == 200 and answer.headers["etag"] in Headers(scope=scope).get("if-none-match", ""):
            known = {name: answer.headers[name] for name in ("etag", "cache-control")}
            answer = Response(status_code=304, headers=known)
        await answer(scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """What an answer depends on; None where it is not to be kept."""
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if headers is None or "range" in headers:
            return None
        path, accepted = scope["path"], headers.get("accept-encoding", "")
        coding = next((coding for coding in CODINGS if coding in accepted), "")
        if path.startswith(tuple(LASTING)):
            return path, coding
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if path != PAGE or not self._alike or asked.keys() & GRADIOS:
            return None
        place = scope["scheme"], scope.get("root_path", ""), *(headers.get(name, "") for name in SEEN_BY)
        return path, coding, *place

    def _keep(self, key: Key, answer: Response, path: str) -> None:
        lasting = (LASTING[folder] for folder in LASTING if path.startswith(folder))
        answer.headers["Cache-Control"] = next(lasting, ASKED_AGAIN)
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'  # one for each coding
        if key not in self._kept and len(answer.body) <= self._left:
            self._kept[key] = answer
            self._left -= len(answer.body)
