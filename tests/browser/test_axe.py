"""axe-core on every tab, in both languages, light and dark: no violation."""

import json
from pathlib import Path

import axe_playwright_python
import pytest

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(page):
    # What is being filled or fades in has less contrast on its way.
    page.wait_for_function("() => !document.querySelector('.pending, .generating')")
    page.wait_for_timeout(600)
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        (rule["id"], node["html"], node.get("failureSummary", "").replace("\n", " "))
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_tab(visit, locale, dark):
    page = visit("?tour=image&step=1", locale=locale, dark=dark)
    page.locator("#lab-tour [data-part=question]").first.wait_for()
    wrong = {"tour": violations(page)}
    for number, name in enumerate(("text", "image", "audio", "check")):
        page.locator("#lab-tabs button[role=tab]").nth(number).click()
        page.locator(f"#tab-{name}").wait_for()
        if name != "check":
            page.wait_for_function(f"() => document.querySelector('#{name}-view')?.innerText.length > 40")
        wrong[name] = violations(page)
    assert not any(wrong.values()), json.dumps(wrong, ensure_ascii=False, indent=1)
