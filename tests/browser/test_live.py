"""Live pictures in a browser: one event stream a page, which closes, comes back and repeats nothing."""

from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import gradio as gr
import pytest
from playwright.sync_api import expect

from genai.errors import ConfigError
from genai.language.strings import both
from genai.serving.guard.limits import Limits
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from genai.ui.views.view import view

pytestmark = pytest.mark.browser

SCRIPT = """
watchTopic("number/a", (state) => {
  part("shown").textContent = JSON.stringify(state);
});
"""
FOLLOW = """([topic, name]) => {
  window[name] = [];
  window[`end_${name}`] = window.lab.watch(topic, (state) => window[name].push(state));
}"""


class Numbers:
    """A source whose topics have a number as their state."""

    def __init__(self):
        self.states = {}

    def open(self, topic):
        if topic == "number/missing":
            raise ConfigError("{name}: no such number.", name=topic)
        return self.states.get(topic, 0)

    def close(self, topic):
        pass


class Tab:
    """A tab with a view that watches number/a."""

    name = "live"
    styles = ()

    def __init__(self, folder):
        (folder / "live.html").write_text('<p data-part="shown"></p>')
        (folder / "live.js").write_text(SCRIPT)
        with gr.Tab("Live", id="live", elem_id="tab-live") as self.label:
            view(folder, "live", elem_id="live-view")

    def label_update(self):
        return gr.Tab(label="Live")

    def register(self):
        pass

    def warm_up(self):
        pass


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A page that anybody's browser may have open twice; its address, hub and source."""
    context = Context(device="cpu", limits=Limits(visitor_streams=2))
    source = Numbers()
    context.hub.add_source("number", source)
    folder = tmp_path_factory.mktemp("view")
    page = Page([lambda _: Tab(folder)], context)
    yield page.launch("127.0.0.1", None), context.hub, source
    page.blocks.close(verbose=False)


@contextmanager
def visitor(chromium, address, clock=False):
    """A browser of its own, with one page; `page.streams` has the queries of its streams, oldest first."""
    browser = chromium.new_context()
    page = browser.new_page()
    page.streams = []
    page.on("request", lambda request: note(page.streams, request))
    page.goto(address)
    expect(page.locator("#live-view [data-part=shown]")).not_to_be_empty()
    if clock:
        page.clock.install()
    yield page
    browser.close()


def note(streams, request):
    parts = urlsplit(request.url)
    if parts.path == "/lab/stream" and request.resource_type == "eventsource":
        streams.append({name: values[0] for name, values in parse_qs(parts.query).items()})


def wait_for(page, condition):
    """Wait until a function of this process or an expression of the page is true."""
    for _ in range(200):
        if page.evaluate(condition) if isinstance(condition, str) else condition():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {condition}")


def hide(page, hidden):
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_one_stream_for_all_topics_of_a_page(chromium, lab):
    address, hub, source = lab
    source.states["number/b"] = {"b": 1}
    with visitor(chromium, address) as page:
        shown = page.locator("#live-view [data-part=shown]")
        expect(shown).to_have_text("0")
        assert [stream["topics"] for stream in page.streams] == ["number/a"]
        for topic, name in (("number/b", "b"), ("number/missing", "missing"), ("number/b", "again")):
            page.evaluate(FOLLOW, [topic, name])  # three in one moment: the stream is opened once more
        wait_for(page, "again.length === 1 && missing.length === 1")
        assert [stream["topics"] for stream in page.streams[1:]] == ["number/a,number/b,number/missing"]
        assert page.streams[1]["has"] == "number/a"
        hub.publish("number/b", {"b": 2})
        hub.publish("number/a", {"a": "人"})
        expect(shown).to_have_text('{"a":"人"}')
        assert page.evaluate("[b, again]") == [[{"b": 1}, {"b": 2}]] * 2
        assert page.evaluate("missing[0].sentence.en") == "number/missing: no such number."
        page.evaluate(FOLLOW, ["number/b", "late"])  # is told at once what the page knows
        wait_for(page, "late.length === 1")
        assert page.evaluate("late") == [{"b": 2}]
        page.evaluate("end_b(), end_again(), end_late(), end_b()")
        wait_for(page, lambda: hub.viewers("number/b") == 0 and hub.viewers("number/a") == 1)
        hub.publish("number/a", 5)
        expect(shown).to_have_text("5")
        assert len(page.streams) == 3


def test_a_hidden_page_stops_watching_after_half_a_minute(chromium, lab):
    address, hub, _ = lab
    with visitor(chromium, address, clock=True) as page:
        page.evaluate(FOLLOW, ["number/c", "c"])
        page.clock.run_for(1000)
        wait_for(page, "c.length === 1")
        opened = len(page.streams)
        hide(page, True)
        page.clock.run_for(29_000)
        assert hub.viewers("number/c") == 1
        page.clock.run_for(2000)
        wait_for(page, lambda: hub.viewers("number/c") == 0)
        hide(page, False)
        page.clock.run_for(1000)
        wait_for(page, lambda: hub.viewers("number/c") == 1)
        assert page.streams[opened]["has"] == "number/a,number/c"
        hub.publish("number/c", 1)
        wait_for(page, "c.at(-1) === 1")
        assert page.evaluate("c") == [0, 1]  # what it had did not come again
        hide(page, True)
        page.clock.run_for(10_000)
        hide(page, False)  # within the half minute nothing is closed
        page.clock.run_for(60_000)
        assert len(page.streams) == opened + 1


def test_a_page_that_is_left_stops_watching_and_goes_on_when_it_comes_back(chromium, lab):
    address, hub, _ = lab
    with visitor(chromium, address) as page:
        page.evaluate(FOLLOW, ["number/d", "d"])
        wait_for(page, "d.length === 1")
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        wait_for(page, lambda: hub.viewers("number/d") == 0)
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        wait_for(page, lambda: hub.viewers("number/d") == 1)


def test_a_lost_connection_is_said_and_tried_again(chromium, lab):
    address, hub, _ = lab
    with visitor(chromium, address) as page:
        page.evaluate(FOLLOW, ["number/e", "e"])
        wait_for(page, "e.length === 1")
        (viewer,) = hub._viewers["number/e"]
        page.context.set_offline(True)  # what is open stays open, nothing new can be opened
        hub._loop.call_soon_threadsafe(viewer.close)
        wait_for(page, "e.length === 2")
        assert page.evaluate("e[1]") == {"sentence": both("live.lost")}
        tried = len(page.streams)
        wait_for(page, lambda: len(page.streams) > tried)
        page.context.set_offline(False)
        wait_for(page, lambda: hub.viewers("number/e") == 1)
        wait_for(page, "e.at(-1) === 0")  # in place of the sentence; the server did not send it again
        assert page.streams[-1]["has"] == "number/a,number/e"


def test_a_third_tab_is_told_why_and_begins_when_there_is_room(chromium, lab):
    address, _, _ = lab
    with visitor(chromium, address) as first:
        second, third = first.context.new_page(), first.context.new_page()
        second.goto(address)
        expect(second.locator("#live-view [data-part=shown]")).not_to_be_empty()
        third.goto(address)
        shown = third.locator("#live-view [data-part=shown]")
        expect(shown).to_contain_text(both("guard.tabs", count=2)["en"])
        second.close()
        expect(shown).not_to_contain_text("sentence")
