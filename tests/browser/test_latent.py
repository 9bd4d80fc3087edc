"""The latent space below a result: dragged through, pinned, turned one component at a time, truncated."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.parts import finished

pytestmark = pytest.mark.browser
PICTURE = re.compile("^data:image/png")


def view(tab, part=""):
    return f"#{tab}-view .lab-latent {part}".strip()


def opened(visit, tab="image", query="seed=5&count=2", **how):
    lang = how.pop("lang", "en")
    page = visit(f"?tab={tab}&{query}&lang={lang}", **how)
    finished(page, tab)
    page.locator(view(tab, "> summary")).click()
    expect(page.locator(view(tab, "[data-part=map]"))).to_have_attribute("src", PICTURE)
    expect(point(page, tab)).to_have_attribute("src", PICTURE)
    return page


def point(page, tab="image"):
    return page.locator(view(tab, "[data-shows=point]")).first


def where(page, words, tab="image"):
    expect(page.locator(view(tab, "[data-part=where]"))).to_contain_text(words, use_inner_text=True)


def pixels(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))), int)


def drag(page, tab, *points):
    pad = page.locator(view(tab, "[data-part=pad]"))
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    places = [
        (box["x"] + (x + 0.5) / 8 * box["width"], box["y"] + (y + 0.5) / 8 * box["height"]) for x, y in points
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def test_seeds_on_the_plane_are_the_pictures_of_the_wall(visit):
    page = opened(visit, query="seed=5&count=2&label=dress")
    wall = page.locator("#image-view .lab-wall img")
    for place, seed in ((0, "5"), (1, "6")):
        drag(page, "image", (3.3, 2.6), (place, 0))
        where(page, f"seed {seed}")
        expect(page.locator(view("image")).first).to_have_attribute("aria-busy", "false")
        difference = pixels(point(page).get_attribute("src")) - pixels(wall.nth(place).get_attribute("src"))
        assert np.abs(difference).max() <= 1  # another batch, another rounding


def test_arrow_keys_move_by_a_step_or_by_a_seed(visit):
    page = opened(visit)
    pad = page.locator(view("image", "[data-part=pad]"))
    corner = point(page).get_attribute("src")
    pad.focus()
    page.keyboard.press("Shift+ArrowDown")
    where(page, "seed 13")
    expect(point(page)).not_to_have_attribute("src", corner)
    page.keyboard.press("ArrowRight")
    where(page, "13, 14 · x 0.1, y 1")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    where(page, "seed 5")
    expect(point(page)).to_have_attribute("src", corner)


def test_pins_lead_to_a_strip_and_to_the_walk(visit):
    page = opened(visit)
    along = page.locator(view("image", "[data-action=along]"))
    for pin, place in (("A", (1, 0)), ("B", (2.5, 3))):
        drag(page, "image", place)
        page.locator(view("image", f"[data-pin={pin}]")).click()
    strip = page.locator(view("image", "[data-part=arc] img"))
    expect(strip).to_have_count(9)
    expect(along).to_be_hidden()
    shown = point(page).get_attribute("src")
    strip.nth(4).click()
    where(page, "on the arc from A to B: 4 / 8")
    expect(point(page)).not_to_have_attribute("src", shown)
    drag(page, "image", (4, 1))
    page.locator(view("image", "[data-pin=B]")).click()
    along.click()
    expect(page.locator("#image-view [data-part=seeds]")).to_have_value("6, 17")


def test_the_walk_is_of_the_class_that_was_chosen(visit):
    page = opened(visit, query="seed=5&count=1&label=dress")
    page.locator(view("image", "[data-part=class-list] label")).filter(has_text="trouser").click()
    for pin, place in (("A", (1, 0)), ("B", (2, 3))):
        drag(page, "image", place)
        page.locator(view("image", f"[data-pin={pin}]")).click()
    page.locator(view("image", "[data-action=along]")).click()
    page.locator("#image-view [data-part=walk-seconds]").fill("1")
    page.locator("#image-view [data-action=walk]").click()
    film = page.locator("#image-view [data-part=film] canvas")
    expect(film).to_have_count(9)
    first = pixels(film.first.evaluate("canvas => canvas.toDataURL()"))[:, :, 0]
    strip = page.locator(view("image", "[data-part=arc] img")).first.get_attribute("src")
    assert np.abs(first - pixels(strip)).max() <= 1


def test_a_component_is_turned_and_reset(visit):
    page = opened(visit, lang="zh-CN")
    page.locator(view("image", "[data-part=components] summary")).click()
    page.locator(view("image", "[data-action=rank]")).click()
    sliders = page.locator(view("image", "[data-part=sliders] input"))
    expect(sliders).to_have_count(6)
    expect(page.locator(view("image", "[data-part=drawn-count]"))).to_have_text("136")
    before, value = point(page).get_attribute("src"), sliders.first.input_value()
    sliders.first.focus()
    page.keyboard.press("End")
    expect(point(page)).not_to_have_attribute("src", before)
    expect(page.locator(view("image", "[data-part=sliders] output")).first).to_have_text("3.00")
    page.locator(view("image", "[data-action=reset]")).click()
    expect(point(page)).to_have_attribute("src", before)
    expect(sliders.first).to_have_value(value)
    page.locator(view("image", "[data-part=another]")).fill("99")
    page.keyboard.press("Tab")
    expect(sliders).to_have_count(6)  # there is no such component


def test_another_class_and_another_truncation_are_other_pictures(visit):
    page = opened(visit, query="seed=5&count=1&label=dress", lang="zh-CN", width=390)
    seen = {point(page).get_attribute("src")}
    page.locator(view("image", "[data-part=class-list] label")).filter(has_text="裤子").click()
    expect(point(page)).not_to_have_attribute("src", seen.copy().pop())
    seen.add(point(page).get_attribute("src"))
    page.locator(view("image", "[data-part=truncations] summary")).click()
    cells = page.locator(view("image", "[data-part=rows] button"))
    expect(cells).to_have_count(40)
    before = point(page).get_attribute("src")
    cells.nth(11).click()  # the fourth seed at 0.25
    expect(page.locator(view("image", "[data-part=psi-shown]"))).to_have_text("0.25")
    where(page, "种子 8")
    expect(point(page)).not_to_have_attribute("src", before)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_plane_follows_the_next_result(visit):
    page = opened(visit)
    drag(page, "image", (4, 4))
    before = point(page).get_attribute("src")
    page.locator("#image-seed input").fill("77")
    page.locator("#image-seed input").press("Tab")
    page.locator("#image-generate").click()
    where(page, "seed 77")
    expect(point(page)).not_to_have_attribute("src", before)


def test_a_sound_is_heard_on_release(visit):
    page = opened(visit, tab="audio", query="seed=5")
    voice = page.locator(view("audio", "[data-part=voice]"))
    assert voice.get_attribute("src") is None
    before = point(page, "audio").get_attribute("src")
    drag(page, "audio", (2.4, 1.3), (3, 2))
    where(page, "seed 24", "audio")
    expect(page.locator(view("audio", "[data-action=again]"))).to_be_visible()
    expect(point(page, "audio")).not_to_have_attribute("src", before)
    assert voice.get_attribute("src").startswith("data:audio/wav")
