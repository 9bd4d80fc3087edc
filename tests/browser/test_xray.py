"""The X-ray of the Text tab: shades, odds, neurons, another way to go on, somebody's own text."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, generate, notice, set_seed, shown

XRAY = "#text-view .lab-xray"
CHARACTERS = "#text-view .lab-page .c"


@pytest.fixture
def page(visit):
    page = visit("?tab=text&length=60&prompt=AB&seed=3&lang=en")
    finished(page, "text")
    page.locator(f"{XRAY} > summary").click()
    expect(page.locator(CHARACTERS)).to_have_count(62)
    return page


def strengths(page):
    return page.locator(CHARACTERS).evaluate_all("all => all.map(c => c.style.getPropertyValue('--s'))")


def test_the_text_stays_the_same_and_is_shaded_and_closing_gives_it_back(page):
    written = shown(page, "text")
    assert "".join(page.locator(CHARACTERS).all_text_contents()) == f"AB{written}"
    assert page.locator(f"{CHARACTERS}.human").all_text_contents() == ["A", "B"]
    assert len(set(strengths(page))) > 3
    page.locator(f"{XRAY} > summary").click()
    expect(page.locator("#text-view [data-part=written]")).to_be_visible()
    expect(page.locator("#text-view [data-part=shaded]")).to_be_hidden()


def test_a_click_shows_the_odds_and_another_character_goes_on_from_there(page):
    before = shown(page, "text")
    page.locator(CHARACTERS).nth(20).click()
    choices = page.locator(f"{XRAY} [data-part=choices] li")
    expect(page.locator(f"{XRAY} li.chosen")).to_have_count(1)
    assert page.locator(f"{XRAY} [data-part=formula]").text_content().startswith("−ln p(")
    other = next(n for n in range(choices.count()) if "chosen" not in (choices.nth(n).get_attribute("class") or ""))
    button = choices.nth(other).locator("button")
    character = button.get_attribute("data-character")
    page.evaluate("history.replaceState(null, '', location.pathname)")
    button.click()
    finished(page, "text")
    expect(page.locator("#text-prompt textarea")).to_have_value(f"AB{before[:18]}{character}")
    assert shown(page, "text") != before
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.locator(f"{XRAY} [data-action=back]").click()
    finished(page, "text")
    assert shown(page, "text") == before


def test_arrow_keys_walk_through_the_text(page):
    page.locator("#text-view .lab-page").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator(f"{CHARACTERS}.at")).to_have_attribute("data-place", "1")
    expect(page.locator(f"{XRAY} [data-part=choices] li").first).to_be_visible()


def test_a_neuron_that_was_found_shades_the_text_and_shows_its_gates(page):
    surprise = strengths(page)
    page.locator(f"{XRAY} [data-action=neuron]").click()
    page.locator(f"{XRAY} [data-action=pick]").first.click()
    expect(page.locator(f"{XRAY} polyline")).to_have_count(5)
    unit = page.locator(f"{XRAY} [data-action=pick]").first.get_attribute("data-unit")
    expect(page.locator(f"{XRAY} [data-part=unit]")).to_have_value(unit)
    assert strengths(page) != surprise


def test_pasted_text_is_read_as_text_and_what_the_model_does_not_know_is_named(page):
    page.locator(f"{XRAY} .lab-xray-paste > summary").click()
    page.locator(f"{XRAY} textarea").fill("CAB ABBA")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(8)
    page.locator(f"{XRAY} textarea").fill("CAB\n    ABBA")  # a page has no Tab key
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(9)
    page.locator(CHARACTERS).nth(4).click()
    expect(page.locator(f"{XRAY} [data-part=formula]")).to_contain_text("p(⇥)")
    page.locator(f"{XRAY} textarea").fill("<img src=x onerror=alert(1)>")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(f"{XRAY} [data-part=xray-error]")).to_contain_text("never seen")
    expect(page.locator("#text-view .lab-page img")).to_have_count(0)
    page.locator(f"{XRAY} [data-action=own]").click()
    expect(page.locator(CHARACTERS)).to_have_count(62)
    page.locator(f"{XRAY} textarea").fill("CAB ABBA")
    page.locator(f"{XRAY} [data-action=read]").click()
    expect(page.locator(CHARACTERS)).to_have_count(8)
    set_seed(page, "text", 4)
    generate(page, "text")  # a new text takes the place of the pasted one
    expect(page.locator(CHARACTERS)).to_have_count(62)


def test_a_new_text_is_x_rayed_too(page):
    set_seed(page, "text", 9)
    written = generate(page, "text")
    expect(page.locator(CHARACTERS)).to_have_count(62)
    assert "".join(page.locator(CHARACTERS).all_text_contents()) == f"AB{written}"
    expect(notice(page, "text")).to_be_hidden()
