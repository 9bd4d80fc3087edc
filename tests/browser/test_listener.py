"""What of a page's messages fails a test: requests may end early only where the page was left or closed."""

from types import SimpleNamespace

import pytest

from tests.browser.conftest import LEFT, Listener

HOME = "http://127.0.0.1:1"


class FakePage:
    """A page whose events a test sends."""

    def __init__(self):
        self.main_frame = object()
        self._handlers = {}

    def on(self, name, handler):
        self._handlers[name] = handler

    def log(self, text, kind="error"):
        self._handlers["console"](SimpleNamespace(type=kind, text=text))

    def ask(self, address, opens=False):
        request = SimpleNamespace(url=address, frame=self.main_frame, is_navigation_request=lambda: opens)
        self._handlers["request"](request)


@pytest.fixture
def page():
    return FakePage()


@pytest.fixture
def listener(page):
    listener = Listener(page, HOME)
    page.ask(HOME, opens=True)
    return listener


@pytest.mark.parametrize("text", LEFT)
def test_a_request_that_ends_while_the_page_stays_is_trouble(page, listener, text):
    page.log(text)
    page.ask(f"{HOME}/config")  # no document
    listener.close()
    assert listener.trouble() == [f"console: {text}"]


@pytest.mark.parametrize("text", LEFT)
def test_a_request_may_end_before_the_next_document_is_asked_for(page, listener, text):
    page.log(text)
    page.ask(f"{HOME}/?tab=text", opens=True)
    assert listener.trouble() == []


@pytest.mark.parametrize("text", LEFT)
def test_a_request_may_end_while_the_page_is_closed(page, listener, text):
    listener.close()
    page.log(text)
    assert listener.trouble() == []


def test_anything_else_is_trouble_at_any_time(page, listener):
    page.log("a warning", kind="warning")
    page.log("broken")
    page.ask("https://example.org/font")
    page.ask(f"{HOME}/?tab=text", opens=True)
    listener.close()
    page.log("broken at the end")
    assert listener.trouble() == [
        "console: broken",
        "foreign request: https://example.org/font",
        "console: broken at the end",
    ]
