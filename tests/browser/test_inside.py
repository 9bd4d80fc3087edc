"""Inside one result: layers of both players, the score, what is said of the nearest training item."""

import numpy as np
import pytest
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
        expect(page.locator(f"{INSIDE} [data-part=missing]")).to_contain_text("There is no judge here")
        sources.append(layers.nth(1).get_attribute("src"))
        assert wall.get_attribute("src") != layers.last.get_attribute("src")  # another range, another file
        page.locator("#image-view [data-action=close]").click()
    assert sources[0] != sources[1]


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-CN", 390)])
def test_a_score_is_placed_among_others_with_the_losses_of_its_game(visit, language, width):
    page = visit(f"?tab=image&model=scored&seed=5&count=1&lang={language}", width=width)
    finished(page, "image")
    strip = page.locator("#image-view .lab-strip")
    expect(strip.locator("[data-part=strip-boxes] .this")).to_have_count(1)
    sentence = strip.locator("[data-part=strip-sentence]")
    expect(sentence).to_contain_text("100\N{NO-BREAK SPACE}%")  # all scores in its header are far below
    strip.locator("[data-opens=formula]").click()
    expect(page.locator(f"{INSIDE} [data-part=standing]")).to_be_in_viewport()
    expect(page.locator(f"{INSIDE} [data-part=standing]")).to_have_attribute("data-real", "100 %")
    expect(page.locator(f"{INSIDE} [data-part=histogram] path")).to_have_count(2)
    shown = page.locator(f"{INSIDE} [data-game]:visible")
    assert {node.get_attribute("data-game") for node in shown.all()} == {"relativistic"}
    expect(page.locator(f"{INSIDE} [data-term=r1]")).to_contain_text("20 → 4")
    expect(page.locator(f"{INSIDE} [data-term=r2]")).to_be_hidden()
    expect(page.locator(f"{INSIDE} [data-part=games]")).to_contain_text("Goodfellow 2014")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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


def test_the_training_item_is_heard_beside_this_one_and_exactly_once_the_data_is_here(visit, cache):
    page = visit("?tab=audio&seed=5&lang=zh-CN", width=390)
    finished(page, "audio")
    view = page.locator("#audio-view")
    view.locator(".lab-inside summary").click()
    expect(view.locator("[data-part=distances] path.real")).to_be_visible()
    expect(view.locator("[data-part=compressed]")).to_contain_text("压缩副本")
    expect(view.locator("[data-part=item-credit]")).to_contain_text("CC-BY-SA-4.0")
    expect(view.locator("[data-part=searched]")).to_have_text("2,700")
    pictures = view.locator("[data-part=twins] img")
    expect(pictures).to_have_count(2)
    made, original = (pictures.nth(n).bounding_box() for n in range(2))
    assert (made["width"], made["height"]) == (original["width"], original["height"])
    small = view.locator("[data-part=twins] audio").nth(1).get_attribute("src")
    assert small.startswith("data:audio/wav")
    assert "GENAI" not in view.inner_text()
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
    expect(view.locator("[data-part=compressed]")).to_be_hidden()
    sources = players.evaluate_all("players => players.map((player) => player.src)")
    assert sources[0] == view.locator("[data-part=audio]").get_attribute("src")
    assert sources[1].startswith("data:audio/wav")
    assert sources[1] not in {sources[0], small}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
