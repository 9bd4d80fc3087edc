"""Compression of the page: complete, in the best encoding that the browser accepts, never of another visitor."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from genai.serving.guard.cache import Cache
from genai.ui.page.compression import Compression
from tests.serving.guard.inner import visit


async def page(request):
    who = request.cookies.get("who", "nobody")
    return HTMLResponse(f"<title>for {who}</title>" + "<p>一二三 abc</p>" * 20_000)


@pytest.fixture
def compressed():
    return Compression(Starlette(routes=[Route("/{path:path}", page)]))


def ask(coding, path="/", **more):
    return ("GET", path, {"headers": {"accept-encoding": coding}, **more})


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("identity", None)]
)
def test_the_page_is_complete_and_compressed(compressed, accepted, coding):
    (answer,) = visit(Cache(compressed), ask(accepted))
    assert answer.text.startswith("<title>for nobody</title>")
    assert answer.text.count("<p>一二三 abc</p>") == 20_000
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (int(answer.headers["content-length"]) < len(answer.content) / 50) == (coding is not None)


def test_pages_of_different_visitors_are_not_mixed_up(compressed):
    for who in ("Ada", "Emmy", "Ada"):
        (answer,) = visit(compressed, ask("br"), cookies={"who": who})
        assert answer.text.startswith(f"<title>for {who}</title>")


def test_other_paths_are_not_compressed(compressed):
    (answer,) = visit(compressed, ask("br", path="/other"))
    assert "content-encoding" not in answer.headers
