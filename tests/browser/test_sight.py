"""What a press brings is in sight: an error, another model's result, and the way out that an error offers."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts import TABS, finished, go, notice, set_seed, shown

pytestmark = pytest.mark.browser
BESIDES = {"text": "Tang poems", "image": "Drawn people", "audio": "Drums"}


@pytest.mark.parametrize("width", [1280, 390])
def test_an_error_comes_into_sight_each_time(visit, width):
    page = visit(width=width)
    for tab in TABS:
        go(page, tab)
        set_seed(page, tab, -1)
        for _ in range(2):  # the second sentence is the same as the first
            page.evaluate("scrollTo(0, 0)")
            page.locator(f"#{tab}-generate").click()
            expect(notice(page, tab)).to_be_in_viewport(ratio=1)
        page.wait_for_timeout(300)  # and nothing moves it out of sight again
        expect(notice(page, tab)).to_be_in_viewport(ratio=1)


def test_another_model_s_result_comes_into_sight(visit):
    page = visit(width=390)
    for tab in TABS:
        go(page, tab)
        shown(page, tab)
        page.locator(f"#{tab}-model label", has_text=BESIDES[tab]).click()
        title = page.locator(f"#{tab}-view h2")
        expect(title).to_contain_text(BESIDES[tab])
        expect(title).to_be_in_viewport(ratio=1)
        assert title.bounding_box()["y"] > 4  # clear of the window's edge


def test_a_growing_result_does_not_pull_back_who_scrolls_away(visit):
    page = visit("?tab=text&model=large&length=20", width=390)
    finished(page, "text")
    page.locator("#text-length input[type=number]").fill("2000")
    page.locator("#text-generate").click()
    expect(page.locator("#text-view [data-running]")).to_have_attribute("data-running", "yes")
    expect(page.locator("#text-view h2")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_prompt_of_another_script_is_written_on_by_the_model_that_knows_it(visit, locale):
    page = visit("?tab=text&model=shakespeare&prompt=A&length=30&seed=6", width=390, locale=locale)
    finished(page, "text")
    page.locator("#text-prompt textarea").fill("春风")
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.locator("#text-generate").click()
    button = notice(page, "text").locator("[data-action=follow]")
    expect(button).to_be_in_viewport()
    expect(button).to_contain_text({"en-US": "Switch to Tang poems", "zh-CN": "改用“唐诗”"}[locale])
    button.click()
    finished(page, "text")
    assert "model=tang&" in page.url
    assert "length=30&" in page.url
    expect(notice(page, "text")).to_be_hidden()
    expect(page.locator("#text-view .lab-page .human")).to_have_text("春风")
    expect(page.locator("#text-model input:checked")).to_have_value("tang")


def test_pasted_text_of_another_script_is_read_by_the_model_that_knows_it(visit):
    page = visit("?tab=text&length=60&seed=3", width=390)
    finished(page, "text")
    page.locator("#text-view .lab-xray > summary").click()
    page.locator("#text-view .lab-xray-paste > summary").click()
    page.locator("#text-view .lab-xray textarea").fill("春风夜雨")
    page.locator("#text-view [data-action=read]").click()
    error = page.locator("#text-view [data-part=xray-error]")
    expect(error).to_be_in_viewport()
    # The sentence names an alphabet, which has no spaces.
    assert error.evaluate("node => node.scrollWidth <= node.clientWidth")
    error.locator("[data-action=follow]").click()
    expect(page.locator("#text-model input:checked")).to_have_value("tang")
    expect(page.locator("#text-view .lab-page .c")).to_have_text(list("春风夜雨"))
    expect(error).to_be_hidden()
