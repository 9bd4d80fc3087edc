"""An application that echoes its requests, with the guard before it, and a client for it."""

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from genai.language.strings import both
from genai.serving.guard.guard import Guard
from genai.serving.guard.limits import Limits
from genai.serving.guard.visitors import current_address, current_cookie, current_visitor
from tests import loop


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


async def echo(request):
    said = {"path": request.url.path, "body": (await request.body()).decode(errors="replace")}
    return JSONResponse(
        {**said, "visitor": current_visitor(), "cookie": current_cookie(), "address": current_address()}
    )


async def join(request):
    return JSONResponse({"detail": "Queue is full. Max size is 3 and size is 3."}, 503)


async def login(request):
    form = await request.form()
    return PlainTextResponse("", 200 if form["password"] == "right" else 400)


async def slow(request):
    request.app.state.clock.now += 10
    return await echo(request)


async def stream(request):
    async def pieces():
        for piece in ("one", "two"):
            yield piece

    return StreamingResponse(pieces())


def guarded(limits=None, clock=None, **more):
    api = "/gradio_api"
    routes = [Route("/login", login, methods=["POST"]), Route(f"{api}/queue/join", join, methods=["POST"]),
              Route(f"{api}/component_server", slow, methods=["POST"]), Route(f"{api}/queue/data", stream),
              Route("/{rest:path}", echo, methods=["GET", "POST"])]  # fmt: skip
    inner = Starlette(routes=routes)
    inner.state.clock = clock or Clock()
    return Guard(inner, limits or Limits(), clock=inner.state.clock, **more)


def visit(guard, *requests, cookies=None):
    """Send the requests of one visitor in order, each (method, path, arguments of httpx); return the responses."""

    async def run():
        transport = httpx.ASGITransport(guard, client=("10.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab", cookies=cookies) as client:
            return [await client.request(method, path, **more) for method, path, more in requests]

    return loop.run(run())


def post(path, **body):
    return ("POST", path, {"json": body})


def said(key, **values):
    return " · ".join(both(key, **values).values())
