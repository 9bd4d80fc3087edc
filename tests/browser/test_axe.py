"""axe-core on every tab, in both languages and both themes: no violation."""

import json
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.parts import TABS, open_tab

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


# What is being filled or fades in has less contrast on its way; one event may follow another.
STILL_FOR_A_SECOND = """() => {
  const now = performance.now();
  if (document.querySelector(".pending, .generating")) window.lastBusy = now;
  window.lastBusy ??= now;
  return now - window.lastBusy > 1000;
}"""


def violations(page):
    page.wait_for_function(STILL_FOR_A_SECOND)
    page.evaluate("() => delete window.lastBusy")  # the next tab begins anew
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        (rule["id"], node["html"], node.get("failureSummary", "").replace("\n", " "))
        for rule in found
        for node in rule["nodes"]
    ]


def filled(page, name):
    """Wait for the results that a tab opens with."""
    page.wait_for_function(f"() => document.querySelector('#{name}-view')?.innerText.length > 40")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_tab(visit, locale, dark):
    page = visit("?tour=image&step=1", locale=locale, dark=dark)
    page.locator("#lab-tour [data-part=question]").first.wait_for()
    filled(page, "image")
    wrong = {"tour": violations(page)}
    for name in ("home", "text", "image", "audio", "learn", "check"):
        open_tab(page, name)
        page.locator(f"#tab-{name}").wait_for()
        if name in TABS:
            filled(page, name)
        wrong[name] = violations(page)
    assert not any(wrong.values()), json.dumps(wrong, ensure_ascii=False, indent=1)
