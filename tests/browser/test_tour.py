"""The guided tours with the shipped models: each step comes to its numbers; the address is the step."""

import re

import pytest
from playwright.sync_api import expect

from genai.ui.tour.content import TOURS, glossary
from tests.browser.conftest import serve
from tests.browser.parts import finished, run_shows, tour_step

TOUR = "#lab-tour aside"


@pytest.fixture(scope="module")
def server(tmp_path_factory, cache):
    """Address of the page as it is shipped."""
    with serve(tmp_path_factory.mktemp("tour"), cache) as address:
        yield address


@pytest.mark.parametrize(("tab", "language"), [*((tab, "en") for tab in TOURS), ("text", "zh-CN")])
def test_every_step_shows_what_it_says_and_fills_in_its_numbers(visit, tab, language):
    page = visit(f"?tour={tab}&step=1&lang={language}")
    for number in range(1, 6):
        tour_step(page, number)
        page.locator(f"{TOUR} [data-action=skip]").click()
        run_shows(page)
        expect(page.locator(".lab-pointed")).to_be_visible()
        page.locator(f"{TOUR} [data-part=ask]").click()
        numbers = page.locator(f"{TOUR} [data-part=why] [data-number]:visible").all_text_contents()
        assert numbers
        assert "…" not in numbers, numbers
        page.locator(f"{TOUR} [data-action=next]").click() if number < 5 else None


def test_the_address_is_the_step_and_numbers_are_the_page_s(visit):
    page = visit("?tour=image&step=3&lang=en")
    tour_step(page, 3)
    expect(page.get_by_role("tab", selected=True)).to_have_text("Image")
    expect(page.locator(f"{TOUR} [data-part=doing]")).to_be_hidden()
    page.locator(f"{TOUR} [data-action=answer]").first.click()
    run_shows(page)
    page.locator(f"{TOUR} [data-part=ask]").click()
    expect(page.locator(f"{TOUR} [data-part=reply]")).to_be_visible()
    first = page.locator("#image-view [data-part=judged] li span").first.text_content()
    assert page.locator(f"{TOUR} [data-number=first]:visible").text_content() == first
    assert re.search(r"tab=image&.*tour=image&step=3", page.url)
    page.locator(f"{TOUR} [data-action=step]").nth(4).click()
    expect(page).to_have_url(re.compile(r"\?tour=image&step=5&lang=en$"))
    page.go_back()
    tour_step(page, 3)
    expect(page.locator(f"{TOUR} [data-number=first]:visible")).to_have_text(first)  # not forgotten
    page.go_forward()
    tour_step(page, 5)
    page.keyboard.press("Escape")
    expect(page.locator(TOUR)).to_be_hidden()
    assert "tour" not in page.url
    expect(page.locator("#image-tour [data-action=tour]")).to_be_focused()
    page.go_back()
    tour_step(page, 5)


def test_a_picture_opened_by_hand_stands_beside_the_tour_and_is_read_too(visit):
    page = visit("?tab=image&model=fashion&seed=9&count=4&lang=en")
    finished(page, "image")
    page.locator("#image-tour [data-action=tour]").click()
    tour_step(page, 1)
    page.locator("#image-view .lab-wall button").nth(2).click()
    page.locator("#image-view .lab-inside summary").click()
    page.locator(f"{TOUR} [data-action=skip]").click()
    page.locator(f"{TOUR} [data-part=ask]").click()
    expect(page.locator(f"{TOUR} [data-number=seed]:visible")).to_have_text("11")
    page.locator("#image-view .lab-wall button").first.dispatch_event("click")
    expect(page.locator("#image-view [data-part=dialog] [data-part=seed]")).to_have_text("9")
    page.keyboard.press("Escape")  # as a picture is closed without a tour
    expect(page.locator("#image-view [data-part=dialog]")).to_be_hidden()
    expect(page.locator(TOUR)).to_be_visible()
    page.go_back()
    expect(page.locator(TOUR)).to_be_hidden()
    finished(page, "image")
    assert "seed=9&" in page.url


def test_what_was_typed_comes_back(visit):
    page = visit("?tab=text&lang=en")
    expect(page.locator("#text-view [data-part=body]")).to_be_visible()
    page.locator("#text-prompt textarea").fill("My own beginning")
    page.locator("#text-tour [data-action=tour]").click()
    page.locator(f"{TOUR} [data-action=skip]").click()
    run_shows(page)
    expect(page.locator("#text-prompt textarea")).to_have_value("JULIET:\n")
    page.go_back()
    expect(page.locator("#text-prompt textarea")).to_have_value("My own beginning")
    expect(page.locator("#text-view [data-part=prompt]")).to_have_text("My own beginning")


def test_chinese_on_a_phone(visit):
    page = visit("?tour=audio&step=3&lang=zh-CN", width=390)
    tour_step(page, 3)
    expect(page.locator(f"{TOUR} [data-part=step-title]")).to_contain_text("声谱图")
    page.locator(f"{TOUR} [data-action=answer]").first.click()
    run_shows(page)
    pointed, sheet = (page.locator(where).bounding_box() for where in (".lab-pointed", TOUR))
    assert pointed["y"] >= 0
    assert pointed["y"] + pointed["height"] <= sheet["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(f"{TOUR} [data-part=ask]").click()
    page.locator(f"{TOUR} [data-part=why] [data-term=spectrogram]:visible").click()
    entry = page.locator("#lab-tour dialog")
    expect(entry).to_contain_text(glossary()["spectrogram"]["text"]["zh-CN"])
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(page.locator(TOUR)).to_be_visible()


def test_the_glossary_is_listed_and_looked_through(visit):
    page = visit("?tour=text&step=1&lang=en")
    page.locator(f"{TOUR} [data-action=terms]").click()
    entries = page.locator("#lab-tour dialog dt")
    expect(entries).to_have_count(len(glossary()))
    page.keyboard.type("mode collapse")
    expect(page.locator("#lab-tour dialog dt:visible")).to_have_count(1)
