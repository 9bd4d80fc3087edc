"""The one place that every request passes."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genai.serving.guard.bodies import replay_body
from genai.serving.guard.headers import add_security_headers
from genai.serving.guard.limits import Limits
from genai.serving.guard.rate_limit import TokenBucket
from genai.serving.guard.refusals import closed, refusal
from genai.serving.guard.visitors import NAME, Visitors

API = "/gradio_api"
HIDDEN = (
    *(API + path for path in ("/openapi.json", "/runs", "/deep_link")),
    *("/monitoring", "/openapi.json", "/docs", "/redoc"),
)
COMPUTING = tuple(
    API + path for path in ("/queue/join", "/call", "/run", "/api", "/component_server", "/upload", "/mcp")
)
QUESTION, JOIN, UPLOAD, LOGIN = API + "/component_server", API + "/queue/join", API + "/upload", "/login"


class Guard:
    """A pure ASGI middleware: streams pass through it piece by piece.

    Args:
        app: What it stands before.
        limits: Of this server.
        login: Whether visitors log in.
        patience: Estimates the seconds until somebody who joins the queue now would be served.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        login: bool = False,
        patience: Callable[[], float] = lambda: 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._limits, self._login, self._patience, self._clock = app, limits, login, patience, clock
        self._visitors = Visitors()
        self._everybody = TokenBucket(limits.everybody_a_minute, clock)
        self._visitor = TokenBucket(limits.visitor_a_minute, clock)
        self._seconds = TokenBucket(limits.visitor_seconds, clock)
        self._wrong = TokenBucket(limits.wrong_logins, clock)
        self._turn = asyncio.Semaphore(limits.questions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"].rstrip("/")
        new = scope["method"] == "GET" and not path and NAME not in headers.get("cookie", "")
        send = add_security_headers(send, framed=not self._login, cookie=self._visitors.cookie() if new else None)
        who = self._visitors.known(headers, (scope.get("client") or ("unknown",))[0])
        if refused := self._refused(scope, headers, path, who):
            await refused(scope, receive, send)
        elif path == QUESTION:
            await self._ask(scope, receive, send, who)
        elif path == LOGIN and scope["method"] == "POST":
            await self._log_in(scope, receive, send)
        else:
            await self._app(scope, receive, self._queued(send) if path == JOIN else send)

    def _refused(self, scope: Scope, headers: Headers, path: str, who: str) -> Response | None:
        if path.startswith(HIDDEN):
            return refusal(404, "guard.hidden")
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            return None
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return refusal(411, "guard.length")
        most = self._limits.upload_bytes if path == UPLOAD else self._limits.body_bytes
        if int(length[:20]) > most:
            return refusal(413, "guard.large", megabytes=f"{most / 1e6:g}")
        return self._too_often(who) if path.startswith(COMPUTING) else None

    def _too_often(self, who: str) -> Response | None:
        if wait := max(self._visitor.wait(who), self._seconds.wait(who)):
            return refusal(429, "guard.often", wait)
        if wait := self._everybody.wait(None):
            return refusal(429, "guard.crowd", wait)
        self._visitor.take(who)
        self._everybody.take(None)
        return None

    async def _ask(self, scope: Scope, receive: Receive, send: Send, who: str) -> None:
        """A view's question: it passes no queue of Gradio's, so it waits here for its turn, its time is counted."""
        body = await Request(scope, receive).body()
        name = _asked(body)
        if name in self._limits.closed:
            await closed(name)(scope, receive, send)
            return
        async with self._turn:
            began = self._clock()
            await self._app(scope, replay_body(body, receive), send)
            self._seconds.take(who, self._clock() - began)

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio lets anybody try on and on; here, wrong tries for a name make the next one wait."""
        body = await Request(scope, receive).body()
        name = await _username(scope, replay_body(body, receive))
        if wait := self._wrong.wait(name):
            await refusal(429, "guard.login", wait)(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self._wrong.take(name)
            await send(message)

        await self._app(scope, replay_body(body, receive), counted)

    def _queued(self, send: Send) -> Send:
        """Replace Gradio's "Queue is full" by a sentence in both languages that says how long it will take."""
        full = False

        async def replaced(message: Message) -> None:
            nonlocal full
            if message["type"] == "http.response.start" and message["status"] == 503:
                full = True
                answer = refusal(503, "guard.full", self._patience())
                await send({**message, "headers": answer.raw_headers})
                await send({"type": "http.response.body", "body": answer.body})
            elif not full:
                await send(message)

        return replaced


def _asked(body: bytes) -> str:
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(data.get("fn_name", "")) if isinstance(data, dict) else ""


async def _username(scope: Scope, receive: Receive) -> str:
    try:
        form = await Request(scope, receive).form()
    except (HTTPException, MultiPartException):  # what cannot be read has no name, and is refused further on
        return ""
    return str(form.get("username", "")).strip()[:100]
