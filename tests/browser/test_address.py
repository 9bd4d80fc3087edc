"""The address names the tab and the model; Back, reload and the arrow keys do what a visitor expects."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, generate, go

pytestmark = pytest.mark.browser


def _tab(page, name):
    return page.locator(f"#tab-{name}-button")


def test_a_reload_stays_in_the_tab(visit):
    page = visit()
    go(page, "image")
    expect(page).to_have_url(re.compile(r"\?tab=image"))
    again = visit(f"?{urlsplit(page.url).query}")
    expect(_tab(again, "image")).to_have_attribute("aria-selected", "true")


def test_back_goes_to_the_tab_before_and_forward_again(visit):
    page = visit()
    go(page, "image")
    go(page, "audio")
    page.go_back()
    expect(_tab(page, "image")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(_tab(page, "home")).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(_tab(page, "image")).to_have_attribute("aria-selected", "true")


def test_a_tab_that_is_opened_again_has_the_link_of_its_result(visit):
    page = visit()
    go(page, "image")
    generate(page, "image")
    result = page.url
    go(page, "audio")
    go(page, "image")
    assert page.url == result


def test_the_chosen_model_survives_a_reload(visit):
    page = visit("?tab=image&seed=5")
    finished(page, "image")
    page.locator("#image-model label").nth(1).click()
    expect(page).to_have_url(re.compile(r"\?tab=image&model=characters"))
    again = visit(f"?{urlsplit(page.url).query}")
    expect(again.locator("#image-model input").nth(1)).to_be_checked()


def test_a_result_of_a_tab_that_was_left_does_not_change_the_address(visit):
    page = visit("?tab=image")
    go(page, "image")
    page.locator("#image-generate").click()
    go(page, "audio")
    expect(page.locator("#image-view [data-running]")).to_have_attribute("data-running", "no")
    expect(page).to_have_url(re.compile(r"\?tab=audio"))


def test_arrow_keys_move_between_tabs(visit):
    page = visit("?tab=text")
    _tab(page, "text").focus()
    for key, name in (("ArrowRight", "image"), ("End", "check"), ("ArrowRight", "home"), ("ArrowLeft", "check")):
        page.keyboard.press(key)
        expect(_tab(page, name)).to_have_attribute("aria-selected", "true")
        expect(_tab(page, name)).to_be_focused()


IN_SIGHT = """(chip) => {
  const frame = chip.parentElement.getBoundingClientRect(), place = chip.getBoundingClientRect();
  return place.top >= frame.top && place.bottom <= frame.bottom;
}"""


def test_a_long_list_shows_the_class_of_the_link(visit):
    page = visit("?tab=audio&model=notes&label=47&seed=5&lang=en")
    finished(page, "audio")
    chips = page.locator("#audio-label label")
    expect(chips).to_have_count(50)  # 49 keys, and any
    assert not chips.first.evaluate(IN_SIGHT)
    assert page.locator("#audio-label label:has(input:checked)").evaluate(IN_SIGHT)
    chips.first.evaluate("(chip) => (chip.parentElement.scrollTop = 0)")
    generate(page, "audio")
    assert chips.first.evaluate(IN_SIGHT)  # where the visitor has scrolled it stays
