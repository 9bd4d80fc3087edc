"""The walk between pictures: watched, looked through, saved."""

from playwright.sync_api import expect

from tests.browser.parts import finished

WALK = "#image-view .lab-walk"


def test_a_walk_is_drawn_and_saved_as_a_film(visit):
    page = visit("?tab=image&seed=5&count=4&lang=en")
    finished(page, "image")
    page.locator(f"{WALK} summary").click()
    expect(page.locator(f"{WALK} [data-part=seeds]")).to_have_value("5, 6, 7")
    page.locator(f"{WALK} [data-part=walk-seconds]").fill("2")
    page.locator(f"{WALK} [data-action=walk]").click()
    expect(page.locator(f"{WALK} [data-part=film] canvas")).to_have_count(9)
    page.locator(f"{WALK} [data-part=film] button").nth(4).click()
    with page.expect_download() as download:
        page.locator(f"{WALK} [data-action=mp4]").click()
    assert download.value.suggested_filename == "fashion-walk-5-6-7.mp4"
    assert b"ftyp" in download.value.path().read_bytes()[:16]


def test_a_walk_that_cannot_be_is_told(visit):
    page = visit("?tab=image&seed=5&count=4&lang=zh-CN", width=390)
    finished(page, "image")
    page.locator(f"{WALK} summary").click()
    page.locator(f"{WALK} [data-part=seeds]").fill("7")
    page.locator(f"{WALK} [data-action=walk]").click()
    expect(page.locator(f"{WALK} [data-part=walk-error]")).to_be_visible()
    expect(page.locator(f"{WALK} [data-part=film]")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_walk_is_heard_and_saved(visit):
    page = visit("?tab=audio&seed=5&lang=en")
    finished(page, "audio")
    page.locator("#audio-view .lab-walk summary").click()
    page.locator("#audio-view [data-part=walk-count]").fill("3")
    page.locator("#audio-view [data-action=walk]").click()
    expect(page.locator("#audio-view [data-part=film] img")).to_have_count(3)
    expect(page.locator("#audio-view [data-part=film] button").nth(2)).to_have_attribute("aria-current", "true")
    with page.expect_download() as download:
        page.locator("#audio-view [data-action=wav]").click()
    assert download.value.suggested_filename == "digits-walk-5-6.wav"
