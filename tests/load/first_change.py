"""What a pupil waits for who trains a text model: python -m tests.load.first_change --runs 5.

A browser adds an own text in the Learn tab, presses start, and watches. Prints the seconds from the press until the
page shows the first text of the network, and until it shows another one: that is the first sign that it learns.
"""

import os
import random
import statistics
from collections import defaultdict
from dataclasses import dataclass

import tyro
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.load.learner import NEAREST, own_items
from tests.load.served import serve

PATIENCE_MS = 120_000
PREPARATION_MS = 8000
"""From the choice of the model to the press: as with a pupil who reads, the training is warm then."""
WATCH = """() => {
  const part = (name) => document.querySelector(`#learn-train-view [data-part=${name}]`);
  const begun = performance.now();
  window.seen = {};
  let first;
  setInterval(() => {
    const text = part("run-text").textContent;
    if (!part("run-text").offsetHeight || !text) return;
    first ??= text;
    window.seen["first text"] ??= performance.now() - begun;
    if (text === first) return;
    window.seen["changed text"] ??= performance.now() - begun;
    window.seen.step ??= Number(part("moment-title").dataset.step);
  }, 10);
  part("next").click();
}"""


@dataclass(frozen=True)
class FirstChange:
    """How often, and from which model."""

    runs: int = 5
    """Of each kind: from the nearest shipped model, and from scratch."""


def press(page: Page, action: str) -> None:
    """Press a button of the training."""
    page.locator(f"#learn-train-view [data-action={action}]:visible").first.click()


def train(browser: Browser, address: str, start_from: str, dice: random.Random) -> dict[str, float]:
    """Train on an own text; return the seconds until each was seen, and the step of the text that changed."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}?tab=learn&part=train&modality=text&from={start_from}")
        page.locator("#learn-train-view [data-part=pasted]").fill(own_items("text", dice)[0]["value"])
        press(page, "paste")
        page.wait_for_function("() => !document.querySelector('#learn-train-view [data-part=next]').disabled")
        press(page, "next")
        page.wait_for_timeout(PREPARATION_MS)
        page.evaluate(WATCH)
        page.wait_for_function("() => window.seen.step !== undefined")
        seen = page.evaluate("window.seen")
        press(page, "stopRun")
        page.wait_for_selector("#learn-train-view [data-part=stop]", state="hidden")
    return {name: value if name == "step" else value / 1000 for name, value in seen.items()}


def main(asked: FirstChange) -> None:
    """Print the median and the longest of each."""
    dice = random.Random(0)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with serve() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for start_from in (NEAREST["text"], "none"):
            found: dict[str, list[float]] = defaultdict(list)
            for _ in range(asked.runs):
                for name, value in train(browser, served.address, start_from, dice).items():
                    found[name].append(value)
            for name, values in found.items():
                unit = "" if name == "step" else " s"
                print(f"from {start_from:12} {name:13} median {statistics.median(values):.2f}{unit}, "
                      f"longest {max(values):.2f}{unit}, n {len(values)}")  # fmt: skip
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(tyro.cli(FirstChange, description=__doc__))
