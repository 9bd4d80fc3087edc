"""Inside one result: layers of both players, the score, what is said of the nearest training item."""

from playwright.sync_api import expect

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
