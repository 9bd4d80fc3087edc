"""The card's figures of quality."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished

CARD = "#audio-card"


@pytest.mark.parametrize(
    ("language", "width", "name", "beside"),
    [
        ("en", 390, "Judge sees the class that was asked for", "real unseen items 0.99"),
        ("zh-CN", 1280, "评判网络看到所要求类别的比例", "没见过的真实样本 0.99"),
    ],
)
def test_figures_are_named_in_the_language_of_the_page(visit, language, width, name, beside):
    page = visit(f"?tab=audio&seed=5&lang={language}", width=width)
    finished(page, "audio")
    page.locator(f"{CARD} [data-part=more] > summary").click()
    page.locator(f"{CARD} .lab-quality > summary").click()
    row = page.locator(f"{CARD} [data-part=figures] tr")
    expect(row).to_have_count(1)
    assert row.inner_text().split() == [*name.split(), *beside.split(), "0.1", "300"]
    page.locator(f"{CARD} .lab-quality details summary").click()
    expect(page.locator(f"{CARD} [data-part=protocols] dd .t:visible")).to_have_text("not measured")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_model_without_figures_shows_none(visit):
    page = visit("?tab=image&seed=5&lang=en")
    finished(page, "image")
    page.locator("#image-card [data-part=more] > summary").click()
    expect(page.locator("#image-card .lab-quality")).to_be_hidden()
