"""The guard: what it passes on and what it refuses."""

import asyncio
import json

import pytest

from genai.language.strings import both
from genai.serving.guard.limits import Limits, public
from genai.serving.guard.visitors import COOKIE
from tests import loop
from tests.serving.guard.inner import Clock, guarded, post, said, visit


def test_every_response_has_the_security_headers():
    for answer in visit(guarded(), ("GET", "/", {}), ("GET", "/monitoring", {}), post("/gradio_api/queue/join")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors" not in answer.headers["content-security-policy"]
    (answer,) = visit(guarded(login=True), ("GET", "/", {}))
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/monitoring/summary", "/gradio_api/runs",
                                  "/gradio_api/openapi.json", "/gradio_api/deep_link"])  # fmt: skip
def test_hidden_routes_are_404(path):
    (answer,) = visit(guarded(), ("GET", path, {}))
    assert (answer.status_code, answer.json()["detail"]) == (404, said("guard.hidden"))


def test_bodies_that_are_too_large_or_of_unknown_length_are_refused():
    async def endless():
        yield b"x"

    limits = Limits(body_bytes=1000, upload_bytes=2000)
    large, fits, upload, unknown = visit(
        guarded(limits),
        ("POST", "/x", {"content": b"x" * 1001}),
        ("POST", "/x", {"content": b"x" * 1000}),
        ("POST", "/gradio_api/upload", {"content": b"x" * 1500}),
        ("POST", "/x", {"content": endless()}),
    )
    assert (large.status_code, large.json()["detail"]) == (413, said("guard.large", megabytes="0.001"))
    assert fits.json()["body"] == "x" * 1000
    assert upload.status_code == 200
    assert unknown.status_code == 411


def test_visitors_are_limited_separately():
    guard = guarded(Limits(visitor_requests_per_minute=3))
    first = visit(guard, ("GET", "/", {}))[0].cookies
    second = visit(guard, ("GET", "/", {}))[0].cookies
    ask = post("/gradio_api/call/generate_text", data=[])
    answers = visit(guard, ask, ask, ask, ask, cookies=first)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "20"
    assert answers[-1].json()["detail"] == said("guard.often", seconds=20)
    assert visit(guard, ask, cookies=second)[0].status_code == 200


def test_a_forged_cookie_does_not_identify_a_visitor():
    guard = guarded(Limits(visitor_requests_per_minute=1, requests_per_minute=2))
    ask = post("/gradio_api/call/x")
    statuses = [visit(guard, ask, cookies={COOKIE: f"name{n}.{'0' * 32}"})[0].status_code for n in range(2)]
    assert statuses == [200, 429]


@pytest.mark.parametrize("request_", [("GET", "/", {}), post("/gradio_api/call/x")])
@pytest.mark.parametrize("value", ["", "x.y", "é.ü", "0123456789abcdef." + "0" * 32])
def test_a_cookie_that_is_not_ours_is_replaced(request_, value):
    """Of another lab on the same host, whose cookies are sent here too, or from before a restart."""
    other = visit(guarded(), ("GET", "/", {}))[0].cookies[COOKIE]
    for cookie in (value, other):
        guard = guarded()
        method, path, more = request_
        headers = {"cookie": f"{COOKIE}={cookie}".encode()}
        (answer,) = visit(guard, (method, path, {**more, "headers": headers}))
        ours = answer.cookies[COOKIE]
        assert ours != cookie
        (again,) = visit(guard, request_, cookies={COOKIE: ours})
        assert COOKIE not in again.cookies


@pytest.mark.parametrize("other", ['consent={"a":1}', "name=Jörg Maß", "foo", "a/b=c", "x=a b"])
def test_a_cookie_of_another_page_of_the_host_hides_none_of_ours(other):
    guard = guarded()
    ours = visit(guard, ("GET", "/", {}))[0].cookies[COOKIE]
    headers = {"cookie": f"{other}; {COOKIE}={ours}".encode()}
    (again,) = visit(guard, ("GET", "/", {"headers": headers}))
    assert COOKIE not in again.cookies


def test_one_without_a_cookie_does_not_shut_out_a_class_at_the_same_address():
    guard = guarded(public())
    ask = post("/gradio_api/call/x")
    for _ in range(public().visitor_requests_per_minute + 1):
        assert visit_without_cookies(guard, ask).status_code == 200
    assert visit_without_cookies(guard, ask).status_code == 200
    assert visit(guard, ask, cookies=visit(guard, ("GET", "/", {}))[0].cookies)[0].status_code == 200


def test_those_without_a_cookie_are_limited_together_and_leave_half_to_the_others():
    guard = guarded(Limits(visitor_requests_per_minute=3, requests_per_minute=8))
    ask = post("/gradio_api/call/x")
    assert [visit_without_cookies(guard, ask).status_code for _ in range(5)] == [200] * 4 + [429]
    cookies = visit(guard, ("GET", "/", {}))[0].cookies
    assert visit(guard, ask, cookies=cookies)[0].status_code == 200


def visit_without_cookies(guard, request):
    return visit(guard, request)[0]


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({}, "SameSite=Lax"),
        ({"x-forwarded-proto": "http"}, "SameSite=Lax"),
        ({"x-forwarded-proto": "https"}, "SameSite=None; Secure; Partitioned"),
        ({"x-forwarded-proto": "https, http"}, "SameSite=None; Secure; Partitioned"),
    ],
)
def test_over_https_the_cookie_also_works_in_a_frame(headers, scope):
    (answer,) = visit(guarded(), ("GET", "/", {"headers": headers}))
    assert answer.headers["set-cookie"].endswith(f"; Path=/; HttpOnly; {scope}")


def test_servers_with_the_same_secret_accept_each_other_s_cookies(monkeypatch):
    monkeypatch.setenv("LAB_SECRET", "word")
    cookies = visit(guarded(), ("GET", "/", {}))[0].cookies
    assert COOKIE not in visit(guarded(), ("GET", "/", {}), cookies=cookies)[0].cookies
    monkeypatch.setenv("LAB_SECRET", "another")
    assert COOKIE in visit(guarded(), ("GET", "/", {}), cookies=cookies)[0].cookies


def test_all_visitors_together_are_limited():
    guard = guarded(Limits(requests_per_minute=2))
    ask = post("/gradio_api/call/x")
    for expected in (200, 200, 429):
        cookies = visit(guard, ("GET", "/", {}))[0].cookies
        assert visit(guard, ask, cookies=cookies)[0].status_code == expected


def test_reading_files_is_not_limited():
    answers = visit(guarded(Limits(visitor_requests_per_minute=1)), *[("GET", "/assets/x.js", {})] * 20)
    assert {answer.status_code for answer in answers} == {200}


def test_the_seconds_of_a_visitor_s_questions_are_limited():
    clock = Clock()
    guard = guarded(Limits(visitor_seconds_per_minute=15), clock)
    ask = post("/gradio_api/component_server", fn_name="inside")
    cookies = visit(guard, ("GET", "/", {}))[0].cookies
    answers = visit(guard, ask, ask, ask, cookies=cookies)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    clock.now += float(answers[-1].headers["retry-after"])
    assert visit(guard, ask, cookies=cookies)[0].status_code == 200


def test_closed_questions_are_refused_and_others_passed_on_unchanged():
    body = {"fn_name": "strip", "data": {"text": "春" * 50}}
    closed, answered = visit(
        guarded(public()),
        post("/gradio_api/component_server", fn_name="census"),
        post("/gradio_api/component_server", **body),
    )
    assert closed.json() == {"sentence": both("guard.closed", name="census")}
    assert json.loads(answered.json()["body"]) == body
    assert (
        visit(guarded(public(frozenset({"census"}))), post("/gradio_api/component_server", fn_name="census"))[0]
        .json()["path"]
        .endswith("component_server")
    )


def test_a_question_knows_who_asks_and_whether_by_a_cookie():
    guard, ask = guarded(), post("/gradio_api/component_server", fn_name="strip")
    (unknown,) = visit(guard, ask)
    assert (unknown.json()["visitor"], unknown.json()["cookie"]) == ("10.0.0.1", None)
    cookies = visit(guard, ("GET", "/", {}))[0].cookies
    (known,) = visit(guard, ask, cookies=cookies)
    assert known.json()["cookie"] == known.json()["visitor"] == cookies[COOKIE].partition(".")[0]
    assert known.json()["address"] == unknown.json()["address"] == "10.0.0.1"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000, b'{"fn_name": ["census"]}'])
def test_a_question_that_cannot_be_parsed_is_passed_on(body):
    (answer,) = visit(guarded(public()), ("POST", "/gradio_api/component_server", {"content": body}))
    assert answer.status_code == 200


def test_failed_logins_delay_the_right_password_too():
    clock = Clock()
    guard = guarded(Limits(failed_logins_per_minute=5), clock, login=True)

    def log_in(password, name="teacher"):
        return ("POST", "/login", {"data": {"username": name, "password": password}})

    answers = visit(guard, *[log_in("wrong")] * 20, log_in("right"), log_in("right", "other"))
    assert [answer.status_code for answer in answers] == [400] * 5 + [429] * 16 + [200]
    clock.now += float(answers[5].headers["retry-after"])
    assert visit(guard, log_in("right"))[0].status_code == 200


def test_queue_full_is_replaced_by_a_bilingual_refusal():
    (answer,) = visit(guarded(estimate_wait=lambda: 12.3), post("/gradio_api/queue/join"))
    assert (answer.status_code, answer.json()["detail"]) == (503, said("guard.full", seconds=13))
    assert answer.headers["retry-after"] == "13"


def test_a_stream_is_not_buffered():
    pieces = []

    async def run():
        async def send(message):
            pieces.append(message.get("body"))

        async def receive():
            await asyncio.sleep(1)
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/gradio_api/queue/data", "headers": [],
                 "query_string": b"", "client": ("10.0.0.1", 1)}  # fmt: skip
        await guarded()(scope, receive, send)

    loop.run(run())
    assert pieces == [None, b"one", b"two", b""]
