"""The outermost middleware: rate limits, size limits, hidden routes, logins and security headers."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genai.serving.guard.bodies import replay_body
from genai.serving.guard.headers import add_security_headers
from genai.serving.guard.limits import Limits
from genai.serving.guard.rate_limit import TokenBucket
from genai.serving.guard.refusals import as_text, closed, refusal
from genai.serving.guard.visitors import Visitors, set_current_visitor

API = "/gradio_api"
JOIN = API + "/queue/join"
LOGIN = "/login"
QUESTION = API + "/component_server"
UPLOAD = API + "/upload"
STREAM = "/lab/stream"
HIDDEN = (
    API + "/openapi.json",
    API + "/runs",
    API + "/deep_link",
    "/monitoring",
    "/openapi.json",
    "/docs",
    "/redoc",
)
"""Routes of Gradio and FastAPI that show the server's inner workings, or what others have requested."""
RATE_LIMITED = (JOIN, API + "/call", API + "/run", API + "/api", QUESTION, UPLOAD, API + "/mcp", STREAM)
"""Routes that compute or store something, or watch what does."""
ADDRESS_SHARE = 0.5
"""Of what all visitors together may request, for those at one address whose browsers keep no cookie. A class behind
one router is such an address: with the limit of one visitor, one pupil could shut the others out. And half remains
for everybody else."""
STREAM_WAIT = 5.0
"""Seconds after which a refused event stream may be asked for again: somebody may have closed a page by then."""
METHODS_WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass(frozen=True)
class _Account:
    """Who pays for a request.

    Args:
        key: A visitor's id, or an address.
        requests: The buckets that hold the requests of such keys.
        seconds: The buckets that hold their seconds of computing.
        most_streams: Event streams that may be open at once.
        too_many_streams: Key of the sentence for one more.
        has_cookie: Whether the key is a visitor's id.
    """

    key: str
    requests: TokenBucket
    seconds: TokenBucket
    most_streams: int
    too_many_streams: str
    has_cookie: bool


class Guard:
    """A pure ASGI middleware: streamed responses pass through it piece by piece.

    Args:
        app: The application behind it.
        limits: How much visitors may request.
        login: Whether visitors log in.
        estimate_wait: Estimates the seconds until a request that joins the queue now is served.
        clock: Returns seconds of a monotonic clock.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        login: bool = False,
        estimate_wait: Callable[[], float] = lambda: 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limits = limits
        self._login = login
        self._estimate_wait = estimate_wait
        self._clock = clock
        self._visitors = Visitors()
        self._all_requests = TokenBucket(limits.requests_per_minute, clock)
        self._visitor_requests = TokenBucket(limits.visitor_requests_per_minute, clock)
        self._visitor_seconds = TokenBucket(limits.visitor_seconds_per_minute, clock)
        address_visitors = ADDRESS_SHARE * limits.requests_per_minute / limits.visitor_requests_per_minute
        self._address_requests = TokenBucket(address_visitors * limits.visitor_requests_per_minute, clock)
        self._address_seconds = TokenBucket(address_visitors * limits.visitor_seconds_per_minute, clock)
        self._failed_logins = TokenBucket(limits.failed_logins_per_minute, clock)
        self._open_streams = Counter[str]()
        self._question_slots = asyncio.Semaphore(limits.concurrent_questions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path = scope["path"].rstrip("/")
        opens_page = scope["method"] == "GET" and not path
        visitor = self._visitors.identify(headers)
        cookie = None
        if visitor is None and (opens_page or path.startswith(RATE_LIMITED)):
            # Also where the cookie is another server's, and in a page that was open before a restart.
            cookie = self._visitors.new_cookie(encrypted=_is_encrypted(scope, headers))
        send = add_security_headers(send, embeddable=not self._login, cookie=cookie)
        account = self._account(visitor, scope)

        refused = self._refuse(scope["method"], path, headers, account)
        if refused is not None:
            response = as_text(refused) if path == UPLOAD else refused
            await response(scope, receive, send)
        elif path == QUESTION:
            await self._answer_question(scope, receive, send, account)
        elif path == STREAM:
            await self._hold_stream(scope, receive, send, account)
        elif path == LOGIN and scope["method"] == "POST":
            await self._log_in(scope, receive, send)
        elif path == JOIN:
            await self._app(scope, receive, self._replace_queue_full(send))
        else:
            await self._app(scope, receive, send)

    def _account(self, visitor: str | None, scope: Scope) -> _Account:
        """Return who pays for a request: a visitor, or all at one address whose browsers keep no cookie."""
        if visitor is not None:
            most_streams = self._limits.visitor_streams
            requests, seconds = self._visitor_requests, self._visitor_seconds
            return _Account(visitor, requests, seconds, most_streams, "guard.tabs", has_cookie=True)
        address = _address(scope)
        most_streams = int(ADDRESS_SHARE * self._limits.streams)
        requests, seconds = self._address_requests, self._address_seconds
        return _Account(address, requests, seconds, most_streams, "guard.tabs_without_cookie", has_cookie=False)

    def _refuse(self, method: str, path: str, headers: Headers, account: _Account) -> JSONResponse | None:
        """Return the response that refuses a request; None lets it pass."""
        if path.startswith(HIDDEN):
            return refusal(404, "guard.hidden")
        if method not in METHODS_WITH_BODY:
            return self._limit_rate(account) if path == STREAM else None
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return refusal(411, "guard.length")
        max_bytes = self._limits.upload_bytes if path == UPLOAD else self._limits.body_bytes
        if int(length[:20]) > max_bytes:  # Python refuses to read integers of thousands of digits
            return refusal(413, "guard.large", megabytes=f"{max_bytes / 1e6:g}")
        if path.startswith(RATE_LIMITED):
            return self._limit_rate(account)
        return None

    def _limit_rate(self, account: _Account) -> JSONResponse | None:
        """Count a request, or return the response that refuses it."""
        wait = max(account.requests.wait(account.key), account.seconds.wait(account.key))
        if wait > 0:
            return refusal(429, "guard.often", wait)
        wait = self._all_requests.wait(None)
        if wait > 0:
            return refusal(429, "guard.crowd", wait)
        account.requests.take(account.key)
        self._all_requests.take(None)
        return None

    async def _answer_question(self, scope: Scope, receive: Receive, send: Send, account: _Account) -> None:
        """Pass on a view's question: Gradio does not queue it, so it waits for a slot here. Its time is counted."""
        body = await Request(scope, receive).body()
        name = _function_name(body)
        if name in self._limits.closed:
            await closed(name)(scope, receive, send)
            return
        set_current_visitor(account.key, has_cookie=account.has_cookie, address=_address(scope))
        async with self._question_slots:
            start = self._clock()
            await self._app(scope, replay_body(body, receive), send)
            account.seconds.take(account.key, self._clock() - start)

    async def _hold_stream(self, scope: Scope, receive: Receive, send: Send, account: _Account) -> None:
        """Pass on an event stream, unless there are too many; it counts until it ends."""
        count = self._open_streams[account.key]
        if count >= account.most_streams:
            await refusal(429, account.too_many_streams, STREAM_WAIT, count=count)(scope, receive, send)
            return
        if self._open_streams.total() >= self._limits.streams:
            await refusal(503, "guard.streams", STREAM_WAIT)(scope, receive, send)
            return
        self._open_streams[account.key] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open_streams[account.key] -= 1
            if not self._open_streams[account.key]:
                del self._open_streams[account.key]

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a login, unless there were too many failed ones for its name, which Gradio does not limit."""
        body = await Request(scope, receive).body()
        name = await _username(scope, replay_body(body, receive))
        wait = self._failed_logins.wait(name)
        if wait > 0:
            await refusal(429, "guard.login", wait)(scope, receive, send)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self._failed_logins.take(name)
            await send(message)

        await self._app(scope, replay_body(body, receive), send_counted)

    def _replace_queue_full(self, send: Send) -> Send:
        """Replace Gradio's response "Queue is full" by a bilingual one with the time to wait."""
        replaced = False

        async def send_replaced(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 503:
                replaced = True
                response = refusal(503, "guard.full", self._estimate_wait())
                await send({**message, "headers": response.raw_headers})
                await send({"type": "http.response.body", "body": response.body})
            elif not replaced:
                await send(message)

        return send_replaced


def _address(scope: Scope) -> str:
    address, _ = scope.get("client") or ("unknown", None)
    return str(address)


def _is_encrypted(scope: Scope, headers: Headers) -> bool:
    """Return whether the browser asks over https, perhaps of a proxy that passes the request on without it."""
    return "https" in (scope["scheme"], headers.get("x-forwarded-proto", "").partition(",")[0].strip())


def _function_name(body: bytes) -> str:
    """Return the name of the function that a view's question calls; "" where the body cannot be read."""
    try:
        fields: object = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(fields.get("fn_name", "")) if isinstance(fields, dict) else ""


async def _username(scope: Scope, receive: Receive) -> str:
    """Return the name in a login form; "" where the form cannot be read, which Gradio will refuse."""
    try:
        form = await Request(scope, receive).form()
    except (HTTPException, MultiPartException):
        return ""
    return str(form.get("username", "")).strip()[:100]
