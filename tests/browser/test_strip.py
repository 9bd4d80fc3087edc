"""The strip above each result: it is of this result, and a click opens what is inside."""

import math
import re

import pytest
from playwright.sync_api import expect

from genai import text
from tests.browser.parts import finished, shown
from tests.ui.tiny import save_all


def test_a_text_is_followed_character_by_character(visit):
    page = visit("?tab=text&length=60&prompt=AB&seed=3&temperature=0.5&lang=en")
    finished(page, "text")
    strip = page.locator("#text-view .lab-strip")
    place = strip.locator("[data-part=strip-place]")
    written = "AB" + shown(page, "text")
    for button, number in ((None, 19), ("after", 20), ("before", 19), ("before", 18)):
        if button:
            strip.locator(f"[data-action={button}]").click()
        expect(place).to_have_text(f"{number} / 62")
        letter = strip.locator("[data-part=strip-letter]").text_content()
        assert letter == {" ": "␣", "\n": "↵"}.get(written[number - 1], written[number - 1])
    odds = float(strip.locator("[data-part=strip-share]").text_content())
    nats = float(strip.locator("[data-part=strip-nats]").text_content())
    assert abs(-math.log(odds) - nats) < 0.01
    strip.locator("[data-opens=odds]").last.click()
    expect(page.locator("#text-view .lab-page .c.at")).to_have_attribute("data-place", "17")
    expect(page.locator("#text-view [data-part=choices] li.chosen")).to_be_visible()


def test_the_strip_begins_with_a_letter(visit, tmp_path):
    model = text.load("shakespeare", folder=save_all(tmp_path))
    seed = next(seed for seed in range(500) if _written(model, seed)[16:18].strip() == _written(model, seed)[17])
    page = visit(f"?tab=text&length=30&seed={seed}&temperature=1")
    finished(page, "text")
    expect(page.locator("#text-view [data-part=strip-place]")).to_have_text("18 / 30")


def _written(model, seed):
    [result] = text.generate(model, [text.TextRequest(length=18, seed=seed, temperature=1.0)])
    return result.text


@pytest.mark.parametrize(("length", "words"), [(1, "1 character"), (2, "2 characters")])
def test_one_character_is_not_many(visit, length, words):
    page = visit(f"?tab=text&length={length}&seed=1")
    finished(page, "text")
    facts = page.locator("#text-view .lab-facts")
    assert re.sub(r"\s+", " ", facts.inner_text()).strip() == words


def test_a_shorter_text_that_begins_alike_is_told_to_be_shorter(visit):
    page = visit("?tab=text&length=60&prompt=AB&seed=3&lang=en")
    finished(page, "text")
    place = page.locator("#text-view [data-part=strip-place]")
    expect(place).to_have_text("20 / 62")
    length = page.locator("#text-length input[type=number]")
    length.fill("30")
    length.press("Tab")
    page.locator("#text-generate").click()
    expect(place).to_have_text("20 / 32")


def test_the_strip_follows_the_xray(visit):
    page = visit("?tab=text&length=60&seed=3&lang=zh-CN", width=390)
    finished(page, "text")
    page.locator("#text-view .lab-xray > summary").click()
    page.locator("#text-view .lab-page .c").nth(10).click()
    expect(page.locator("#text-view [data-part=strip-place]")).to_have_text("11 / 60")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_picture_is_the_one_that_was_enlarged_last(visit):
    page = visit("?tab=image&seed=5&count=4&lang=en")
    finished(page, "image")
    strip, cells = page.locator("#image-view .lab-strip"), page.locator("#image-view .lab-wall button")
    item, noise = strip.locator("[data-part=strip-item]"), strip.locator("[data-part=strip-noise]")
    expect(item).to_have_attribute("src", cells.first.locator("img").get_attribute("src"))
    expect(strip.locator("[data-part=strip-judge]")).to_be_hidden()  # the tiny model has no discriminator
    before = noise.get_attribute("src")
    cells.nth(2).click()
    expect(item).to_have_attribute("src", cells.nth(2).locator("img").get_attribute("src"))
    assert noise.get_attribute("src") != before
    page.locator("#image-view [data-action=close]").click()
    strip.locator("[data-opens=drawn]").last.click()
    expect(page.locator("#image-view [data-part=drawn] img")).to_have_count(4)
    expect(page.locator("#image-view [data-part=seed]")).to_have_text("7")


def test_a_sound_has_one_too(visit):
    page = visit("?tab=audio&seed=5&lang=zh-CN", width=390)
    finished(page, "audio")
    strip = page.locator("#audio-view .lab-strip")
    expect(strip.locator("[data-part=strip-item]")).to_have_attribute(
        "src", page.locator("#audio-view [data-part=spectrogram]").get_attribute("src")
    )
    strip.locator("[data-opens=drawn]").first.click()
    expect(page.locator("#audio-view [data-part=drawn] img")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    strip.locator("[data-opens=latent]").click()
    expect(page.locator("#audio-view [data-part=map]")).to_be_visible()
