"""The Home tab: what is on the wall moves, is heard and leads to its tab; the figures and the field for a class."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished, go

pytestmark = pytest.mark.browser
VIEW = "#home-view"
PICTURE = f"{VIEW} [data-part=pictures] a"
TEXT = f"{VIEW} [data-part=texts] a"
STOP_GRADIO = """new MutationObserver((changes) => {
    const nodes = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const node of nodes) if (node.tagName === "SCRIPT" && node.type === "module") node.type = "text/plain";
}).observe(document, { childList: true, subtree: true });"""
"""A page on which Gradio's scripts never run."""


def selected(page):
    return page.locator("#lab-tabs button[role=tab][aria-selected=true]")


def whole(page):
    """Wait until all pieces are on the wall; before the first one nothing says yet that more are being made."""
    expect(page.locator(TEXT).first).to_be_visible()
    expect(page.locator(f"{VIEW} [data-part=making]")).to_be_hidden()


def test_the_page_opens_with_a_wall_that_moves_and_leads_to_the_tabs(visit):
    page = visit("?lang=en")
    expect(selected(page)).to_have_text("Home")
    whole(page)
    expect(page.locator(TEXT)).to_have_count(4)
    expect(page.locator(PICTURE)).to_have_count(4)
    expect(page.locator(f"{VIEW} [data-part=sounds] > div")).to_have_count(3)
    paper = page.locator(f"{TEXT} .lab-living-paper").first
    before = len(paper.text_content())
    page.wait_for_function(
        "([paper, before]) => document.querySelector(paper).textContent.length > before",
        arg=[f"{TEXT} .lab-living-paper", before],
    )
    expect(page.locator(f"{PICTURE} img").first).to_have_attribute("src", re.compile("^data:image/webp"))
    page.locator(f"{VIEW} [data-action=motion]").click()
    expect(page.locator(f"{PICTURE} img").first).to_have_attribute("src", re.compile("^data:image/png"))
    assert page.evaluate("() => [...document.querySelectorAll('audio')].every((player) => player.paused)")
    sound = page.locator(f"{VIEW} [data-part=sounds] button").first
    sound.click()
    expect(sound).to_have_class(re.compile("is-playing"))
    link = page.locator(PICTURE).first.get_attribute("href")
    page.locator(PICTURE).first.click()
    finished(page, "image")
    assert {**parse_qs(urlsplit(page.url).query), **parse_qs(link[1:])} == parse_qs(urlsplit(page.url).query)
    expect(page.locator("#image-seed input")).to_have_value(parse_qs(link[1:])["seed"][0])
    page.go_back()
    expect(selected(page)).to_have_text("Home")


def test_figures_compute_and_a_tour_and_a_part_are_opened(visit):
    page = visit("?tab=home&lang=en")
    whole(page)
    plane = page.locator(f"{VIEW} [data-part=plane-generative]")
    plane.scroll_into_view_if_needed()
    examples = plane.locator(".real")
    before = examples.count()
    page.locator(f"{VIEW} [data-action=add-point]").first.click()
    expect(examples).to_have_count(before + 1)
    plane.click(position={"x": 20, "y": 20})
    expect(examples).to_have_count(before + 2)
    place = page.locator(f"{VIEW} [data-part=place]")
    place.fill("3")
    share, nats = (page.locator(f"{VIEW} [data-part={name}]").text_content() for name in ("share", "nats"))
    assert 2.718281828 ** -float(nats) == pytest.approx(float(share.removesuffix(" %")) / 100, abs=0.006)
    expect(page.locator(f"{VIEW} [data-figure=game]")).to_be_hidden()  # these models have no history
    expect(page.locator(f"{VIEW} [data-figure=curve]")).to_be_visible()
    page.locator(f"{VIEW} a[href='?tour=text&step=3']").first.click()
    expect(page.locator("#lab-tour aside")).to_be_visible()
    expect(selected(page)).to_have_text("Text")
    page.go_back()
    page.locator(f"{VIEW} a[href='?tab=learn&part=museum&exhibit=recites']").first.click()
    expect(page).to_have_url(re.compile("part=museum&exhibit=recites"))
    expect(selected(page)).to_have_text("Learn")


def test_a_code_leads_to_a_room_and_what_is_none_is_told(visit):
    page = visit("?lang=en")
    code = page.locator(f"{VIEW} [name=room]")
    code.fill("no")
    code.press("Enter")
    expect(page.locator(f"{VIEW} [data-part=join-wrong]")).to_be_visible()
    code.fill(" qwer ")
    code.press("Enter")
    expect(page).to_have_url(re.compile(r"\?room=QWER&lang=en$"))


@pytest.mark.parametrize(("language", "model"), [("en", "shakespeare"), ("zh-CN", "tang")])
@pytest.mark.parametrize("calm", [False, True])
def test_the_first_texts_are_seen_before_any_script_of_gradio_runs(visit, language, model, calm):
    whole(visit(f"?lang={language}"))  # the server has made them
    page = visit(f"?lang={language}&__theme=dark", calm=calm, script=STOP_GRADIO)
    tiles = page.locator("#lab-first .lab-living-text:visible")
    expect(tiles.first).to_have_attribute("href", re.compile(f"model={model}"))
    expect(tiles.first.locator(".rest")).to_be_visible(visible=calm)
    expect(page.locator("#lab-first h2")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#lab-first h2").evaluate("title => getComputedStyle(title).color") == "rgb(236, 235, 242)"


def test_the_first_picture_is_gone_with_the_wall_and_on_other_tabs(visit):
    page = visit("?lang=en")
    whole(page)
    expect(page.locator("#lab-first")).to_have_count(0)
    expect(page.locator(TEXT).first).to_be_visible()
    other = visit("?tab=text&lang=en", script=STOP_GRADIO)
    expect(other.locator("#lab-first")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
def test_in_chinese_on_a_phone_it_is_still_and_begins_with_poems(visit, dark):
    page = visit(locale="zh-CN", width=390, dark=dark, calm=True)
    expect(selected(page)).to_have_text("首页")
    whole(page)
    expect(page.locator(TEXT).first).to_have_attribute("lang", "zh-CN")
    expect(page.locator(f"{PICTURE} img").first).to_have_attribute("src", re.compile("^data:image/png"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.locator("#tab-home").evaluate(
        """(panel) => [...panel.querySelectorAll("button, summary, input, .lab-ways a")]
            .filter((target) => target.checkVisibility())
            .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
            .filter(([, height]) => height < 40)"""
    )
    assert small == []
    go(page, "text")
    expect(page.locator("#text-model input:checked")).to_have_value("tang")
    expect(page.locator("#text-prompt textarea")).to_have_value("春")


def test_the_text_tab_changes_its_model_with_the_language_until_it_is_used(visit):
    page = visit("?tab=text&lang=en")
    chosen = page.locator("#text-model input:checked")
    expect(page.locator("#text-view [data-part=body]")).to_be_visible()
    expect(chosen).to_have_value("shakespeare")
    page.locator("[data-language=zh-CN]").click()
    expect(chosen).to_have_value("tang")
    page.locator("#text-model label").first.click()
    expect(chosen).to_have_value("shakespeare")
    page.locator("[data-language=en]").click()
    page.locator("[data-language=zh-CN]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(chosen).to_have_value("shakespeare")


def test_a_model_in_the_address_wins_and_an_old_address_opens_the_text_tab(visit):
    page = visit("?tab=text&model=shakespeare&lang=zh-CN")
    expect(page.locator("#text-view [data-part=written]")).not_to_be_empty()
    expect(page.locator("#text-model input:checked")).to_have_value("shakespeare")
    old = visit("?model=tang&lang=en")
    expect(selected(old)).to_have_text("Text")
