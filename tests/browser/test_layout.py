"""What must never lie on top of what."""

import pytest

from tests.browser.parts import TABS, go

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
