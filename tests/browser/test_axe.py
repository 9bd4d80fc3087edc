"""axe-core on every tab, in one language and theme and in the other language and theme: no violation."""

import json
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, finished, open_tab

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


def violations_now(page, within="html"):
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    run = "async (within) => (await axe.run(within, {resultTypes: ['violations']})).violations"
    found = page.evaluate(run, within)
    return [
        (rule["id"], node["html"], node.get("failureSummary", "").replace("\n", " "))
        for rule in found
        for node in rule["nodes"]
    ]


def filled(page, name):
    """Wait for the results that a tab opens with."""
    page.wait_for_function(f"() => document.querySelector('#{name}-view')?.innerText.length > 40")


def use_theme(page, name):
    page.emulate_media(color_scheme=name)
    page.wait_for_function(HAS_THEME, arg=name)


@pytest.mark.parametrize(("locale", "dark"), [("en-US", False), ("zh-CN", True)])
def test_every_tab(visit, locale, dark):
    """Colours do not depend on the language, so that two of the four pages show all of them."""
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


INSTRUMENTS = "#audio-view [data-part=instruments]"
MODES = {"compare": ["blind", "beside"]}
"""Of an instrument, the modes that buttons switch to."""


def open_instruments(page, known):
    """Open each instrument of the model that is not known yet, in each of its modes; yield its name."""
    buttons = page.locator(f"{INSTRUMENTS} [data-action=instrument]:visible")
    names = [button.get_attribute("data-instrument") for button in buttons.all()]
    for name in names:
        if name in known:
            continue
        page.locator(f"{INSTRUMENTS} [data-instrument={name}]").click()
        expect(page.locator(f"{INSTRUMENTS} [data-part=play-{name}]")).to_be_visible()
        for mode in MODES.get(name, [None]):
            if mode:
                page.locator(f"{INSTRUMENTS} [data-mode={mode}]").click()
            expect(page.locator(f"{INSTRUMENTS} [data-part=play-loading]")).to_be_hidden()
            yield name


@pytest.mark.parametrize(("locale", "width", "dark"), [("en-US", 1280, False), ("zh-CN", 390, True)])
def test_every_instrument(visit, locale, width, dark):
    """As above, two of the four pages show all of them."""
    wrong = {}
    for model in ("digits", "drums", "notes"):
        page = visit(f"?tab=audio&model={model}&seed=5", locale=locale, width=width, dark=dark)
        finished(page, "audio")
        for name in open_instruments(page, set(wrong)):
            wrong.setdefault(name, []).extend(violations_now(page, INSTRUMENTS))
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                wrong[name].append("wider than the window")
    assert wrong.keys() == {"grid", "keys", "drums", "number", "compare"}
    assert not any(wrong.values()), json.dumps(wrong, ensure_ascii=False, indent=1)
