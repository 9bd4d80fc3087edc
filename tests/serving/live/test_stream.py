"""The event stream of a served page: what is sent, to whom, and when it ends."""

import json
import threading
import time
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from genai.errors import ConfigError
from genai.language.strings import both
from genai.serving.guard.limits import Limits
from genai.ui.page.page import Page
from genai.ui.panel.context import Context


class Numbers:
    """A source whose topics have a number as their state."""

    def __init__(self):
        self.state = {}
        self.opened, self.closed = [], []
        self.gone = threading.Event()

    def open(self, topic):
        self.opened.append(topic)
        if topic.endswith("bug"):
            raise ZeroDivisionError("secret detail")
        if topic.endswith("missing"):
            raise ConfigError("{name} cannot be written.", name=topic)
        return self.state.get(topic)

    def close(self, topic):
        self.closed.append(topic)
        self.gone.set()


@contextmanager
def served(hub_source, **more):
    auth = more.pop("auth", None)
    context = Context(device="cpu", limits=Limits(**more))
    context.hub.add_source("number", hub_source)
    page = Page([], context)
    try:
        yield page.launch("127.0.0.1", None, auth), context.hub, page
    finally:
        page.blocks.close(verbose=False)


@pytest.fixture(scope="module")
def source():
    return Numbers()


@pytest.fixture(scope="module")
def lab(source):
    with served(source) as (address, hub, _), httpx.Client(base_url=address, timeout=10) as client:
        client.hub = hub
        yield client


@contextmanager
def watching(client, query, **more):
    """An open stream, as an iterator of its events: (id, topic, state)."""
    with client.stream("GET", f"/lab/stream?{query}", **more) as answer:
        yield answer, events(answer)


def events(answer):
    fields = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields.get("id"), fields["event"], json.loads(fields["data"])
            fields = {}


def test_headers_and_no_buffering(lab, source):
    """Guard, cache, compression and error mapping pass each event on at once, and none is compressed."""
    source.state["number/a"] = "x" * 5000
    accept = {"accept-encoding": "gzip, br"}
    with watching(lab, "topics=number/a,number/b", headers=accept) as (answer, arriving):
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache, no-transform"
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "content-encoding" not in answer.headers
        assert next(arriving)[1:] == ("number/a", "x" * 5000)
        for n in range(5):
            lab.hub.publish("number/b", n)
            assert next(arriving)[1:] == ("number/b", n)  # would wait for ever if an event were held back


def test_a_viewer_who_reconnects_gets_nothing_twice(lab, source):
    source.state.update({"number/c": 1, "number/d": 2})
    with watching(lab, "topics=number/c,number/d") as (_, arriving):
        last = [next(arriving), next(arriving)][-1][0]
    source.state["number/d"] = 3
    header = {"last-event-id": last}
    with watching(lab, "topics=number/c,number/d", headers=header) as (_, arriving):
        assert next(arriving)[1:] == ("number/d", 3)
    with watching(lab, f"topics=number/c,number/d,number/a&last={last}&has=number/c") as (_, arriving):
        assert {next(arriving)[1], next(arriving)[1]} == {"number/a", "number/d"}


def test_topics_that_cannot_be_watched(lab):
    with watching(lab, "topics=number/bug,number/missing") as (_, arriving):
        found = {topic: state["sentence"] for _, topic, state in (next(arriving), next(arriving))}
    assert found["number/bug"] == both("bug")
    assert found["number/missing"]["en"] == "number/missing cannot be written."


@pytest.mark.parametrize(
    ("topics", "key", "values"),
    [
        ("", "live.none", {}),
        (",,", "live.none", {}),
        ("error", "live.topic", {"topic": "'error'"}),
        ("number/a,number/<b>", "live.topic", {"topic": "'number/<b>'"}),
        ("number/a%0aid:%205", "live.topic", {"topic": r"'number/a\nid: 5'"}),
        (f"number/{'x' * 65}", "live.topic", {"topic": f"'number/{'x' * 31}…"}),
        (",".join(f"number/{n}" for n in range(33)), "live.many", {"count": 33, "most": 32}),
    ],
)
def test_refused_topics_are_named(lab, topics, key, values):
    answer = lab.get(f"/lab/stream?topics={topics}")
    assert (answer.status_code, answer.json()["sentence"]) == (422, both(key, **values))


def test_other_methods(lab):
    assert lab.head("/lab/stream?topics=number/a").status_code == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert lab.request(method, "/lab/stream?topics=number/a").status_code == 405


def test_a_source_hears_within_a_second_that_its_viewer_has_gone(lab, source):
    with watching(lab, "topics=number/e"):
        wait_until(lambda: lab.hub.viewers("number/e") == 1)
        source.gone.clear()
    assert source.gone.wait(1)  # though nothing was sent meanwhile
    assert (source.closed[-1], lab.hub.viewers("number/e")) == ("number/e", 0)


def wait_until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_with_a_login_strangers_see_nothing():
    source = Numbers()
    source.state["number/a"] = 1
    with (
        served(source, auth=("ada", "secret")) as (address, _, _),
        httpx.Client(base_url=address, timeout=10) as client,
    ):
        for headers in ({}, {"cookie": "access-token=x"}):
            answer = client.get("/lab/stream?topics=number/a", headers=headers)
            assert (answer.status_code, answer.json()["sentence"]) == (401, both("live.login"))
        assert source.opened == []
        client.post("/login", data={"username": "ada", "password": "secret"}).raise_for_status()
        with watching(client, "topics=number/a") as (_, arriving):
            assert next(arriving)[1:] == ("number/a", 1)


def test_streams_are_counted_for_each_visitor_and_each_address():
    source = Numbers()
    source.state["number/a"] = 1
    with served(source, visitor_streams=1, streams=4) as (address, hub, _), ExitStack() as stack:

        def come():
            client = stack.enter_context(httpx.Client(base_url=address, timeout=10))
            client.get("/")  # which gives a cookie
            return client

        def watch(client, **more):
            answer = stack.enter_context(client.stream("GET", "/lab/stream?topics=number/a", **more))
            answer.status_code == 200 or answer.read()
            return answer

        def refused(answer):
            return answer.status_code, answer.json()["sentence"], answer.headers["retry-after"]

        ada, bob = come(), come()
        first = watch(ada)
        assert refused(watch(ada)) == (429, both("guard.tabs", count=1), "5")
        assert watch(bob).status_code == 200
        first.close()
        wait_until(lambda: hub.viewers("number/a") == 1)
        assert watch(ada).status_code == 200  # the first does not count any more
        nobody = stack.enter_context(httpx.Client(base_url=address, timeout=10))
        strangers = [watch(nobody, headers={"cookie": "x=1"}) for _ in range(2)]
        assert [answer.status_code for answer in strangers] == [200, 200]
        many = both("guard.tabs_without_cookie", count=2)
        assert refused(watch(nobody, headers={"cookie": "x=1"})) == (429, many, "5")
        assert refused(watch(come())) == (503, both("guard.streams"), "5")


def test_a_server_that_ends_closes_its_streams_within_a_second():
    source = Numbers()
    with served(source) as (address, hub, page), httpx.Client(base_url=address, timeout=10) as client:
        with watching(client, "topics=number/a") as (_, arriving):
            wait_until(lambda: hub.viewers("number/a") == 1)
            begin = time.monotonic()
            page.blocks.close(verbose=False)  # as at Ctrl-C; it waits at most 5 s for all connections
            assert list(arriving) == []
        assert time.monotonic() - begin < 1.5
        assert source.closed == ["number/a"]
