"""What a first visitor waits for: python -m tests.load.first_visit --visits 9.

A browser that has nothing in its cache opens the page, in English and in Chinese in turn, when the server has made
the wall of the Home tab. Prints the milliseconds until a text is to be seen, which the server sends inside the
page, until the tab itself, its texts, which move, and its first picture are there, and until 48 new sounds of a
drum machine are made, sent and decoded.
"""

import json
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import tyro
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.load.served import Served, serve

LANGUAGES = ("en-US", "zh-CN")
PATIENCE_MS = 120_000
SEEN = {
    "first text": "#lab-first .lab-living-text, #home-view [data-part=texts] > *",
    "home": "#home-view [data-part=texts]",
    "text of the wall": "#home-view [data-part=texts] > *",
    "first picture": "#home-view [data-part=pictures] img",
}
WATCH = """
window.seen = {};
const selectors = SELECTORS;
setInterval(() => {
  for (const [name, selector] of Object.entries(selectors)) {
    const isSeen = [...document.querySelectorAll(selector)].some((node) => node.offsetHeight);
    if (isSeen) window.seen[name] ??= performance.now();
  }
}, 10);
"""
KIT = """async () => {
  const items = Array.from({length: 48}, (_, n) => ({seed: 5000 + n, label: null, to: null, at: null}));
  const begun = performance.now();
  await lab.sound.loadKit("drums", items);
  return performance.now() - begun;
}"""
"""48 sounds that the page does not have, made, sent and decoded."""


@dataclass(frozen=True)
class FirstVisit:
    """How often."""

    visits: int = 9


def home(browser: Browser, served: Served, locale: str) -> Mapping[str, float]:
    """Milliseconds until each part of the Home tab was seen."""
    with browser.new_context(locale=locale, viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(WATCH.replace("SELECTORS", json.dumps(SEEN)))
        page.goto(served.address)
        page.wait_for_function(f"() => Object.keys(window.seen).length === {len(SEEN)}")
        return page.evaluate("window.seen")


def drums(browser: Browser, served: Served) -> Mapping[str, float]:
    """Milliseconds until a kit of 48 new sounds is there."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.address}?tab=audio&model=drums&play=drums")
        page.wait_for_selector("#audio-view [data-part=play-drums]", state="visible")
        page.wait_for_selector("#audio-view [data-part=play-loading]", state="hidden")
        return {"kit of 48 sounds": page.evaluate(KIT)}


def wait_for_wall(browser: Browser, served: Served) -> None:
    """Wait until the server has made all pieces of the wall, which it does once."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(served.address)
        page.wait_for_selector("#home-view [data-part=making]", state="hidden", timeout=PATIENCE_MS)


def main(visit: FirstVisit) -> None:
    """Print the median and the longest of each."""
    times: dict[str, list[float]] = defaultdict(list)
    with serve() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        wait_for_wall(browser, served)
        for n in range(visit.visits):
            for name, value in home(browser, served, LANGUAGES[n % len(LANGUAGES)]).items():
                times[name].append(value)
        for _ in range(visit.visits):
            for name, value in drums(browser, served).items():
                times[name].append(value)
    for name, values in times.items():
        print(f"{name:18} median {statistics.median(values):6.0f} ms, longest {max(values):6.0f}, n {len(values)}")


if __name__ == "__main__":
    main(tyro.cli(FirstVisit))
