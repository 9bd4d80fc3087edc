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

# Colours that change by degrees have less contrast on their way, too; what moves without an end is not waited for.
HAS_THEME = """(name) => {
  const ends = (motion) => motion.effect.getComputedTiming().endTime !== Infinity;
  const moving = document.getAnimations().filter((motion) => motion.playState === "running" && ends(motion));
  return document.body.classList.contains("dark") === (name === "dark") && moving.length === 0;
}"""


def violations(page):
    """The violations once the page has been still for a second."""
    page.wait_for_function(STILL_FOR_A_SECOND)
    page.evaluate("() => delete window.lastBusy")  # the next tab begins anew
    return violations_now(page)


def violations_now(page):
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


def in_each_theme(page):
    """The violations in the light theme and in the dark one, into which a page changes at once."""
    found = {"light": violations(page)}
    use_theme(page, "dark")
    found["dark"] = violations_now(page)
    use_theme(page, "light")
    return found


def use_theme(page, name):
    page.emulate_media(color_scheme=name)
    page.wait_for_function(HAS_THEME, arg=name)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_tab(visit, locale):
    page = visit("?tour=image&step=1", locale=locale)
    page.locator("#lab-tour [data-part=question]").first.wait_for()
    filled(page, "image")
    wrong = {"tour": in_each_theme(page)}
    for name in ("home", "text", "image", "audio", "learn", "check"):
        open_tab(page, name)
        page.locator(f"#tab-{name}").wait_for()
        if name in TABS:
            filled(page, name)
        wrong[name] = in_each_theme(page)
    assert not any(found for themes in wrong.values() for found in themes.values()), json.dumps(
        wrong, ensure_ascii=False, indent=1
    )
