"""One server with tiny random checkpoints for all tests, and pages that must not complain."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from functools import cache as once_for_each
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.ports import free_port
from tests.ui.tiny import save_all, save_notes, save_people, save_scored, save_toured, save_twin

ROOT = Path(__file__).parents[2]
# The headless shell has no windows and no interface of its own: it opens a page in about half of the time.
SHELLS = ("chromium-headless-shell", "chromium")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, SHELLS)), SHELLS[0])
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--autoplay-policy=no-user-gesture-required",
         # Pages live for seconds: to compile their scripts for speed takes longer than what that speed brings.
         "--js-flags=--no-opt",
         # A camera with a moving picture and a microphone that beeps every second, always allowed.
         "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         # Another name of this machine: a page there is not a secure one, as at an address of the local network.
         "--host-resolver-rules=MAP lab.test 127.0.0.1"]  # fmt: skip
START_SECONDS = 180  # a start imports PyTorch and Gradio: a minute on a machine that is busy with other work
# What Gradio logs of its requests that end because the page is left for another address.
LEFT = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")
PATIENCE_MILLISECONDS = 60_000  # for anything on a page: such a machine is slow, not wrong
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """Where the server looks for data sets: a folder that is empty at first."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def server(tmp_path_factory, cache):
    """Address of the page with tiny checkpoints."""
    home = tmp_path_factory.mktemp("server")
    checkpoints = save_all(home / "checkpoints")
    save_scored(checkpoints)
    save_notes(checkpoints)
    save_people(checkpoints)
    save_twin(checkpoints)
    (checkpoints / "text" / "broken.safetensors").write_bytes(b"not a checkpoint")
    with serve(home, cache, "--checkpoints", str(checkpoints)) as address:
        yield address


@pytest.fixture(scope="session")
def toured(tmp_path_factory, cache):
    """Address of the page with tiny networks that have discriminators, and all else that the tours read."""
    home = tmp_path_factory.mktemp("walk")
    with serve(home, cache, "--checkpoints", str(save_toured(home / "checkpoints"))) as address:
        yield address


@contextmanager
def serve(home, cache, *flags, variables=None):
    """Serve the page, started as a person starts it, from another working directory.

    Args:
        home: Folder to start it in, which gets its log.
        cache: Where it looks for data sets.
        flags: Of app.py.
        variables: Of its environment, beside those of the tests.
    """
    port = free_port()
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *flags, "--device", "cpu", "--no-browser"]
    log = home / "log"
    temporary = home / "temporary"
    temporary.mkdir()
    environment = {
        **os.environ,
        "GRADIO_TEMP_DIR": str(home / "gradio"),
        "GENAI_CACHE": str(cache),
        "TMPDIR": str(temporary),
        "GENAI_DATA": "",
    }
    environment.pop("no_proxy", None)  # the page comes up whatever proxies are set
    environment.update(variables or {})
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            pytest.fail(f"The page did not start:\n{log.read_text()}")
        time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(START_SECONDS)
    assert "Traceback" not in log.read_text(), log.read_text()
    assert not list(temporary.glob("genai-lab-*")), "the page removes its folder at SIGTERM"


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def chromium():
    if not Path(CHROMIUM).exists() and not shutil.which(CHROMIUM):
        reason = f"no Chromium at {CHROMIUM} (Debian: apt-get install {SHELLS[0]}; or set CHROMIUM)"
        if os.environ.get("GENAI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """Open the page as a visitor of its own; whatever a page complained of fails the test."""
    with visitors(chromium, server) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def look(chromium, server):
    """Open a page once for those tests of a module that leave it as they found it."""
    with visitors(chromium, server) as open_page:
        opened = once_for_each(open_page)

        def look_at(query="", locale="en-US", width=1280):
            page = opened(query, locale, width)
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("scrollTo(0, 0)")
            return page

        yield look_at


@contextmanager
def visitors(chromium, server):
    """Yield what opens the page as a visitor of its own; whatever a page complained of fails at the end."""
    contexts, listeners = [], []

    def open_page(query="", locale="en-US", width=1280, dark=False, pace="fast", calm=False, script=""):
        """Open an address; texts appear at the chosen pace, at the page's usual one where it is None."""
        context = chromium.new_context(
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if calm else "no-preference",
        )
        if pace:
            context.add_init_script(f"localStorage['genai-lab-pace'] ??= '{pace}'")
        context.grant_permissions(["clipboard-read", "clipboard-write", "camera", "microphone"])
        context.add_init_script(script)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        listeners.append(Listener(page, server))
        page.goto(f"{server}/{query}")
        return page

    yield open_page
    for listener in listeners:
        listener.close()
    for context in contexts:
        context.close()
    assert [complaint for listener in listeners for complaint in listener.trouble()] == []


@pytest.fixture
def teacher(visit):
    """The page of a teacher who has opened a room for the class."""
    page = visit("?tab=learn&part=class")
    page.locator("[data-press=open]").click()
    expect(page.locator("[data-part=class-code]")).to_have_text(re.compile("^[A-HJ-NP-Z]{4}$"))
    return page


class Listener:
    """What one page complains of, and what it asks other hosts for.

    Gradio ends its requests while a document is left, and logs that before the next document is requested, or while
    the page is closed. So whether a page was left is asked at the end.
    """

    def __init__(self, page, server):
        self._page = page
        self._home = urlsplit(server).netloc
        self._documents = 0  # addresses that the page was sent to; from the second on it has left one
        self._is_closing = False
        self._complaints = []
        self._ended = []  # what Gradio logged of requests that ended early
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complaints.append(f"page error: {error}"))
        page.on("request", self._look)

    def close(self):
        """Expect from now on that requests end because the page is closed."""
        self._is_closing = True

    def trouble(self):
        """Return what must not be: requests may end early only where the page was left or closed."""
        return [*self._complaints, *(self._ended if self._documents < 2 else [])]

    def _hear(self, message):
        if message.type != "error":
            return
        is_ended = message.text.strip().startswith(LEFT)
        if is_ended and self._is_closing:
            return
        (self._ended if is_ended else self._complaints).append(f"console: {message.text}")

    def _look(self, request):
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._documents += 1
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._home:
            self._complaints.append(f"foreign request: {request.url}")
