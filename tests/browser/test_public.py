"""The page as strangers find it: under its own security headers every tab works, and what is closed says so."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Listener, serve
from tests.browser.parts import TABS, open_tab
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def public(tmp_path_factory, cache):
    home = tmp_path_factory.mktemp("public")
    with serve(home, cache, "--checkpoints", str(save_all(home / "checkpoints")), "--public") as address:
        yield address


def test_the_page_works_under_its_headers_and_refuses_what_is_closed(public, chromium):
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    listener = Listener(page, public)
    answer = page.goto(public)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    for name in TABS:
        open_tab(page, name)
        page.fill(f"#{name}-seed input", "77")
        page.keyboard.press("Tab")
        page.click(f"#{name}-generate")
        page.wait_for_function(
            f"() => location.search.startsWith('?tab={name}') && /seed=77/.test(location.search)"
        )
    open_tab(page, "text")
    page.fill("#text-length input[type=number]", "3000")
    page.keyboard.press("Tab")
    page.click("#text-generate")
    expect(page.locator("#text-notice")).to_contain_text("Length: 3000 is more than this public page gives")
    page.fill("#text-length input[type=number]", "100")
    page.keyboard.press("Tab")
    page.fill("#text-prompt textarea", "a" * 1001)
    page.click("#text-generate")
    expect(page.locator("#text-notice")).to_contain_text("Prompt: 1001 is more than this public page gives")
    context.close()
    assert listener.trouble() == []
