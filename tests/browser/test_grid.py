"""The sound grid: twelve sounds, and the places that they go to."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.parts import finished

pytestmark = pytest.mark.browser
GRID = "#audio-view [data-part=play-grid]"
SPY = """window.plays = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when = 0) {
  if (this.buffer.length > 1) window.plays.push([...this.buffer.getChannelData(0).slice(0, 2000)]);
  return start.call(this, when);
};"""
KIT = """async (item) => {
  const [buffer] = await window.lab.sound.loadKit("drums", [item]);
  return [...buffer.getChannelData(0).slice(0, 2000)];
}"""


def opened(visit, more="", lang="en", model="drums", **how):
    page = visit(f"?tab=audio&model={model}&seed=5&play=grid&lang={lang}{more}", **how)
    finished(page, "audio")
    expect(sounds(page)).to_have_count(12)
    expect(page).to_have_url(re.compile("first="))
    return page


def sounds(page):
    return page.locator(f"{GRID} [data-action=grid-sound]")


def place(page, name):
    return page.locator(f"{GRID} [data-place={name}]")


def address(page):
    return {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}


def seeds(page):
    return [int(re.search(r"seed (\d+)", text)[1]) for text in sounds(page).all_inner_texts()]


def test_twelve_sounds_of_consecutive_seeds_are_seen_and_heard(visit):
    page = opened(visit, script=SPY)
    assert seeds(page) == list(range(5, 17))
    pictures = sounds(page).locator("img").evaluate_all("all => all.map(img => [img.src, img.naturalWidth])")
    assert len({source for source, _ in pictures}) == 12
    assert all(width > 60 for _, width in pictures)
    sounds(page).nth(3).click()
    page.wait_for_function("window.plays.length === 1")
    assert page.evaluate("window.plays[0]") == page.evaluate(KIT, {"seed": 8, "label": None})
    expect(sounds(page).nth(3)).to_have_attribute("aria-current", "true")
    page.locator(f"{GRID} [data-action=grid-after]").click()
    expect(sounds(page).first).to_contain_text("seed 17")
    expect(page).to_have_url(re.compile("first=17"))
    page.locator(f"{GRID} [data-part=grid-kind]").select_option("1")
    expect(sounds(page).nth(11)).to_contain_text("snare")
    expect(page).to_have_url(re.compile("kind=1"))
    page.locator(f"{GRID} [data-part=grid-first]").fill("4294967290")
    page.keyboard.press("Tab")
    expect(sounds(page).nth(6)).to_contain_text("seed 0")
    page.locator(f"{GRID} [data-action=grid-shown]").click()
    expect(sounds(page).first).to_contain_text("seed 5")


def test_a_sound_is_dragged_onto_a_pad_and_undone_there(visit):
    page = opened(visit, more="&first=7&kind=1")
    expect(page.locator(f"{GRID} [data-part=grid-kind]")).to_have_value("1")
    sounds(page).nth(2).hover()
    page.mouse.down()
    box = place(page, "pad-2").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=4)
    expect(place(page, "pad-2")).to_have_class(re.compile("is-target"))
    page.mouse.up()
    expect(page.locator(f"{GRID} [role=status]")).to_contain_text("snare, seed 9: now pad 3")
    expect(place(page, "pad-2")).to_contain_text("9")
    page.locator("[data-instrument=drums]").click()
    expect(page).to_have_url(re.compile(r"pads=[^_]+_[^_]+_1\.9\."))
    page.locator("[data-action=pad-undo]").click()
    expect(page).not_to_have_url(re.compile(r"pads=[^_]+_[^_]+_1\.9\."))
    page.locator("[data-action=pad-lock]").click()
    page.locator("[data-instrument=grid]").click()
    expect(place(page, "pad-2")).to_be_disabled()
    expect(place(page, "keys")).to_be_hidden()


def test_a_sound_becomes_the_timbre_of_the_keyboard(visit):
    page = opened(visit, model="notes")
    expect(place(page, "pad-0")).to_have_count(0)
    sounds(page).nth(4).click()
    place(page, "keys").click()
    expect(page.locator(f"{GRID} [role=status]")).to_contain_text("seed 9: now the timbre of the keyboard")
    page.locator("[data-instrument=keys]").click()
    expect(page).to_have_url(re.compile(r"timbre=9\.\d+\.0"))


def test_a_drag_that_ends_elsewhere_or_is_cancelled_puts_nothing(visit):
    page = opened(visit)
    before = place(page, "pad-0").inner_text()
    for key in (None, "Escape"):
        sounds(page).nth(4).hover()
        page.mouse.down()
        box = place(page, "pad-0").bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + 10, steps=2)
        if key:
            page.keyboard.press(key)
        else:
            page.mouse.move(5, 5)
        page.mouse.up()
        expect(page.locator(f"{GRID} .lab-grid-ghost")).to_have_count(0)
    assert place(page, "pad-0").inner_text() == before


def test_the_grid_and_its_places_are_used_by_keys_on_a_phone(visit):
    page = opened(visit, lang="zh-CN", model="digits", width=390, dark=True)
    assert sounds(page).locator("xpath=self::*[@tabindex='0']").count() == 1
    sounds(page).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(sounds(page).nth(4)).to_be_focused()
    expect(page.locator(f"{GRID} [data-part=grid-chosen]")).to_contain_text("种子 9")
    place(page, "start").press("Enter")
    sounds(page).first.press("End")
    page.keyboard.press("Enter")
    place(page, "end").press("Enter")
    expect(page.locator(f"{GRID} [role=status]")).to_contain_text("9 → 16")
    expect(page.locator("#audio-view [data-part=seeds]")).to_have_value("9, 16")
    expect(page.locator("#audio-view [data-part=walk]")).to_have_attribute("open", "")
    targets = page.locator(f"{GRID} :is(button, input, select):visible").all()
    assert all(target.bounding_box()["height"] >= 40 for target in targets)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    place(page, "above").click()
    expect(page).to_have_url(re.compile(r"seed=16&truncation=1"))
    assert address(page)["play"] == "grid"
