"""Inside one result: layers of both players, the score, what is said of the nearest training item."""

import numpy as np
import soundfile
from playwright.sync_api import expect

from genai.quality import nearest, shipped_networks
from tests.browser.parts import finished

INSIDE = "#image-view .lab-inside"


def test_a_picture_shows_its_layers_and_another_one_others(visit):
    page = visit("?tab=image&seed=5&count=2&lang=en")
    finished(page, "image")
    sources = []
    for place in (0, 1):
        page.locator("#image-view .lab-wall button").nth(place).click()
        if place == 0:
            page.locator(f"{INSIDE} summary").click()
        wall = page.locator("#image-view .lab-wall img").nth(place)
        layers = page.locator(f"{INSIDE} [data-part=drawn] img")
        expect(page.locator(f"{INSIDE} [data-part=inside-body]")).to_be_visible()  # those of another one are hidden
        expect(layers).to_have_count(4)  # 4, 8, 16 and 32 pixels
        expect(page.locator(f"{INSIDE} [data-part=missing]")).to_contain_text("There are no image models")
        sources.append(layers.nth(1).get_attribute("src"))
        assert wall.get_attribute("src") != layers.last.get_attribute("src")  # another range, another file
        page.locator("#image-view [data-action=close]").click()
    assert sources[0] != sources[1]


def test_a_layer_is_enlarged_with_its_range(visit):
    page = visit("?tab=image&seed=5&count=1&lang=zh-CN", width=390)
    finished(page, "image")
    page.locator("#image-view .lab-wall button").first.click()
    page.locator(f"{INSIDE} summary").click()
    page.locator(f"{INSIDE} [data-part=drawn] button").first.click()
    expect(page.locator(f"{INSIDE} [data-part=layer]")).to_be_visible()
    expect(page.locator(f"{INSIDE} [data-part=range]")).to_contain_text("…")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_sound_shows_its_layers_too(visit):
    page = visit("?tab=audio&seed=5&lang=en")
    finished(page, "audio")
    page.locator("#audio-view .lab-inside summary").click()
    expect(page.locator("#audio-view [data-part=drawn] img")).not_to_have_count(0)
    expect(page.locator("#audio-view [data-part=missing]")).to_be_hidden()
    expect(page.locator("#audio-view [data-part=nearest-id]")).to_contain_text("recordings/")


def test_the_training_item_is_heard_beside_this_one_once_the_data_is_here(visit, cache):
    page = visit("?tab=audio&seed=5&lang=zh-CN", width=390)
    finished(page, "audio")
    view = page.locator("#audio-view")
    view.locator(".lab-inside summary").click()
    expect(view.locator("[data-part=distances] path.real")).to_be_visible()
    expect(view.locator("[data-part=absent]")).to_contain_text("这台电脑上没有这个数据集")
    expect(view.locator("[data-part=twins]")).to_be_hidden()
    folder = cache / "audio/digits"
    (folder / "recordings").mkdir(parents=True)
    soundfile.write(cache / "tone.wav", 0.3 * np.sin(np.arange(3000) / 3), 8000)
    for name in nearest.load("audio", "digits", shipped_networks.load("audio", "digits", "pooled")).ids:
        (folder / f"{name}.wav").symlink_to(cache / "tone.wav")
    page = visit("?tab=audio&seed=6&lang=en", width=390)
    finished(page, "audio")
    view = page.locator("#audio-view")
    view.locator(".lab-inside summary").click()
    players = view.locator("[data-part=twins] audio")
    expect(players).to_have_count(2)
    expect(view.locator("[data-part=absent]")).to_be_hidden()
    sources = players.evaluate_all("players => players.map((player) => player.src)")
    assert sources[0] == view.locator("[data-part=audio]").get_attribute("src")
    assert sources[1].startswith("data:audio/wav")
    assert sources[1] != sources[0]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
