"""The cache of the page and its files: the same bytes, computed once, with Cache-Control and ETag."""

import pytest
from gradio.brotli_middleware import BrotliMiddleware
from starlette.applications import Starlette
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route

from genai.serving.guard.cache import Cache
from tests import loop
from tests.serving.guard.inner import visit

SCRIPT = "const answer = 42;\n" * 8_000  # several pieces


@pytest.fixture
def asked(tmp_path):
    return []


@pytest.fixture
def inner(tmp_path, asked):
    (tmp_path / "app.js").write_text(SCRIPT)

    async def file(request):
        asked.append(request.url.path)
        path = tmp_path / request.url.path.rpartition("/")[2]
        return FileResponse(path) if path.exists() else PlainTextResponse("none", 404)

    async def page(request):
        asked.append(str(request.url))
        return PlainTextResponse(f"the page at {request.url.netloc}")

    files = Route("/{path:path}", file, methods=["GET", "POST", "HEAD"])
    return BrotliMiddleware(Starlette(routes=[Route("/", page), files]))


def get(path, **headers):
    return ("GET", path, {"headers": {name.replace("_", "-"): value for name, value in headers.items()}})


def test_a_file_is_read_and_compressed_once(inner, asked):
    first, second = visit(Cache(inner), *[get("/assets/app.js", accept_encoding="br, gzip")] * 2)
    assert asked == ["/assets/app.js"]
    assert first.text == second.text == SCRIPT
    assert first.headers == second.headers
    assert first.headers["content-encoding"] == "br"
    assert int(first.headers["content-length"]) < len(SCRIPT) / 10


def test_each_encoding_is_cached_separately(inner, asked):
    codings = ("identity", "gzip, deflate", "gzip, br")
    answers = visit(Cache(inner), *[get("/static/app.js", accept_encoding=coding) for coding in codings] * 2)
    assert len(asked) == 3
    assert [answer.headers.get("content-encoding") for answer in answers] == [None, "gzip", "br"] * 2
    assert {answer.text for answer in answers} == {SCRIPT}
    assert len({answer.headers["etag"] for answer in answers}) == 3
    assert all("accept-encoding" in answer.headers["vary"].lower() for answer in answers[1:3])


def test_cache_control_by_folder(inner):
    named, plain, other = visit(Cache(inner), get("/assets/app.js"), get("/static/app.js"), get("/app.js"))
    assert "immutable" in named.headers["cache-control"]
    assert plain.headers["cache-control"] == "public, max-age=86400"
    assert "cache-control" not in other.headers


def test_a_browser_with_the_current_etag_gets_304(inner):
    cache = Cache(inner)
    (first,) = visit(cache, get("/static/app.js"))
    known, changed = visit(
        cache,
        get("/static/app.js", if_none_match=first.headers["etag"]),
        get("/static/app.js", if_none_match='"another"'),
    )
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (changed.status_code, changed.text) == (200, SCRIPT)


def test_a_404_is_not_cached(inner, asked, tmp_path):
    cache = Cache(inner)
    assert visit(cache, get("/assets/new.js"))[0].status_code == 404
    (tmp_path / "new.js").write_text("new")
    assert visit(cache, get("/assets/new.js"))[0].text == "new"


@pytest.mark.parametrize(
    "request_",
    [
        get("/assets/app.js", range="bytes=0-4"),
        ("HEAD", "/assets/app.js", {}),
        ("POST", "/assets/app.js", {}),
        get("/other/app.js"),
    ],
)
def test_other_requests_are_not_cached(inner, asked, request_):
    visit(Cache(inner), *[request_] * 2)
    assert len(asked) == 2


def test_a_browser_that_disconnects_leaves_a_complete_file_in_the_cache(inner):
    cache = Cache(inner)
    scope = {"type": "http", "method": "GET", "path": "/assets/app.js", "query_string": b"", "headers": [],
             "asgi": {"version": "3.0", "spec_version": "2.3"}, "scheme": "http"}  # fmt: skip

    async def disconnected():
        return {"type": "http.disconnect"}

    async def discard(message):
        """Drop what a server cannot deliver any more."""

    loop.run(cache(scope, disconnected, discard))
    (answer,) = visit(cache, get("/assets/app.js", accept_encoding="identity"))
    assert answer.text == SCRIPT


def test_the_cache_stays_below_max_bytes(inner, asked, tmp_path):
    for name in ("one.js", "two.js"):
        (tmp_path / name).write_text(f"// {name}\n")
    cache = Cache(inner, max_bytes=12)
    for _ in range(2):
        one, two = visit(cache, get("/assets/one.js"), get("/assets/two.js"))
        assert (one.text, two.text) == ("// one.js\n", "// two.js\n")
    assert asked == ["/assets/one.js", "/assets/two.js", "/assets/two.js"]


def test_the_page_is_cached_once_for_each_address(inner, asked):
    queries = ["", "?tab=image&seed=7&lang=zh-CN", "?__theme=dark"]
    here = visit(Cache(inner), *[get(f"/{query}") for query in queries])
    assert [answer.text for answer in here] == ["the page at lab"] * 3
    assert len(asked) == 1
    assert here[0].headers["cache-control"] == "private, no-cache"
    cache = Cache(inner)
    for host in ("one", "two", "one"):
        assert visit(cache, get("/", host=host))[0].text == f"the page at {host}"
    visit(cache, get("/", host="one", x_forwarded_proto="https"), get("/", host="one", x_forwarded_host="there"))
    assert len(asked) == 5


def test_a_page_that_has_changed_is_asked_for_anew(inner, asked):
    version = "without the texts"
    cache = Cache(inner, version=lambda: version)
    visit(cache, *[get("/")] * 2, *[get("/static/app.js")] * 2)
    assert len(asked) == 2
    version = "with the texts"
    visit(cache, *[get("/")] * 2, *[get("/static/app.js")] * 2)
    assert len(asked) == 3


@pytest.mark.parametrize("query", ["page=x", "deep_link=1", "all_endpoints=", "tab=image&deep_link=1"])
def test_a_query_that_gradio_reads_is_not_cached(inner, asked, query):
    visit(Cache(inner), *[get(f"/?{query}")] * 2)
    assert len(asked) == 2


def test_a_page_with_a_login_is_not_cached(inner, asked):
    visit(Cache(inner, same_for_all=False), *[get("/")] * 2, *[get("/static/app.js")] * 2)
    assert len(asked) == 3
