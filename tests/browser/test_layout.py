"""What must never lie on top of what, and what must never be cut off."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, finished, go

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("height", [720, 900])
def test_nothing_is_painted_over_generate(visit, tab, height):
    """Whatever the column is scrolled to, a press on any point of the button reaches it."""
    page = visit()
    page.set_viewport_size({"width": 1280, "height": height})
    go(page, tab)
    for scrolled in (0, 60, 120, 200):
        page.evaluate("y => window.scrollTo(0, y)", scrolled)
        covered = page.evaluate(
            """tab => {
                const button = document.querySelector(`#${tab}-generate`);
                const box = button.getBoundingClientRect();
                const points = [];
                for (let x = box.left + 4; x < box.right; x += 12)
                    for (let y = box.top + 4; y < box.bottom; y += 6) points.push([x, y]);
                return points.filter(([x, y]) => y < innerHeight)
                    .map(([x, y]) => document.elementFromPoint(x, y))
                    .filter((top) => top && !button.contains(top)).map((top) => top.outerHTML.slice(0, 80));
            }""",
            tab,
        )
        assert covered == []


def test_the_card_breaks_no_word_into_letters(visit):
    page = visit("?tab=text&model=tang")
    go(page, "text")
    heights = page.evaluate(
        """() => {
            const card = document.querySelector("#text-card");
            card.querySelector("[data-part=licence]").textContent = "the poems are free, ".repeat(4);
            return [...card.querySelectorAll("dt")].map((e) => e.getBoundingClientRect().height);
        }"""
    )
    assert max(heights) < 24  # one line


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("tab", TABS)
def test_a_phone_cuts_no_word_of_the_strip(visit, tab, locale):
    page = visit(f"?tab={tab}&seed=1", locale=locale, width=390)
    finished(page, tab)
    strip = page.locator(f"#{tab}-view section.lab-strip")
    expect(strip).to_be_visible()
    boxes = strip.locator("li button:visible").evaluate_all(
        """(buttons) => buttons.map((button) => [button.getBoundingClientRect().height,
            [...button.querySelectorAll(":scope > b, :scope > span")].filter((word) => word.checkVisibility())
                .filter((word) => word.scrollWidth > Math.max(word.clientWidth, 1)
                    || word.getBoundingClientRect().width > button.clientWidth)
                .map((word) => word.textContent)])"""
    )
    assert len(boxes) >= 3
    assert [cut for _, cuts in boxes for cut in cuts] == []
    assert len({round(height) for height, _ in boxes}) == 1  # side by side
