"""What can be done with a result, other models, and other visitors."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from genai import provenance
from tests.browser.parts import finished, go, set_seed, shown

pytestmark = pytest.mark.browser


def test_picture_enlarges_and_downloads(visit):
    page = visit("?tab=image&count=3&seed=5&label=sneaker")
    finished(page, "image")
    pictures = page.locator("#image-view .lab-wall button")
    expect(pictures.nth(2)).to_contain_text("sneaker")
    pictures.nth(2).click()
    dialog = page.locator("#image-view dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("7")
    with page.expect_download() as download:
        dialog.locator("[data-action=picture]").click()
    assert download.value.suggested_filename == "fashion-seed7.png"
    png = download.value.path().read_bytes()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    with page.expect_download() as download:
        page.locator("#image-view [data-action=download]").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert archive.testzip() is None
    assert archive.namelist() == ["fashion-seed5.png", "fashion-seed6.png", "fashion-seed7.png"]
    assert archive.read("fashion-seed7.png") == png


def test_text_and_sound_download(visit):
    page = visit("?tab=text&prompt=ROMEO:&length=30&seed=2")
    finished(page, "text")
    with page.expect_download() as download:
        page.locator("#text-view [data-action=download]").click()
    text, rule, label = download.value.path().read_text(encoding="utf-8").partition(provenance.RULE)
    assert (text, bool(rule)) == ("ROMEO:" + shown(page, "text"), True)
    assert '"seed": 2' in label
    go(page, "audio")
    with page.expect_download() as download:
        page.locator("#audio-view [data-action=download]").click()
    assert download.value.suggested_filename == "digits-seed5.wav"
    assert download.value.path().read_bytes()[:4] == b"RIFF"


def test_sound_is_drawn_and_plays(visit):
    page = visit("?tab=audio&model=digits")
    finished(page, "audio")
    assert page.locator("#audio-view .lab-wave path").get_attribute("d").count("L") > 500
    page.wait_for_function("document.querySelector('#audio-view [data-part=spectrogram]').naturalWidth > 100")
    expect(page.locator("#audio-view [data-part=pitches]")).to_contain_text("1k")
    audio = page.locator("#audio-view [data-part=audio]")
    audio.evaluate("a => a.pause()")
    page.locator("#audio-view [data-action=play]").click()
    page.wait_for_function("document.querySelector('#audio-view audio').currentTime > 0.05")
    assert audio.evaluate("a => a.duration") == pytest.approx(1.024, abs=0.01)


def test_another_model_brings_its_own_opening_and_classes(visit):
    page = visit()
    go(page, "image")
    before = shown(page, "image")
    page.locator("#image-model label", has_text="Drawn people").click()
    expect(page.locator("#image-label label")).to_have_count(1)
    expect(page.locator("#image-view h2")).to_contain_text("Drawn people")
    assert shown(page, "image") != before
    go(page, "audio")
    page.locator("#audio-model label", has_text="Drums").click()
    expect(page.locator("#audio-label")).to_contain_text("kick")


def test_broken_checkpoint_is_told_in_its_tab_only(visit):
    page = visit("?tab=text")
    expect(page.locator("#text-card .lab-problems")).to_contain_text("broken.safetensors cannot be read")
    assert shown(page, "text")
    go(page, "image")
    expect(page.locator("#image-card .lab-problems")).to_be_empty()


def test_two_visitors_do_not_see_each_other(visit):
    one, two = (
        visit("?tab=text&model=large&length=400&seed=1&prompt=A"),
        visit("?tab=text&length=30&seed=2&prompt=B"),
    )
    for page, prompt, seed, length in ((one, "A", "1", 400), (two, "B", "2", 30)):
        finished(page, "text")
        expect(page.locator("#text-view .lab-page .human")).to_have_text(prompt)
        expect(page.locator("#text-prompt textarea")).to_have_value(prompt)
        expect(page.locator("#text-seed input")).to_have_value(seed)
        assert len(shown(page, "text")) == length
    before = [shown(page, "text") for page in (one, two)]
    for page in (one, two):
        set_seed(page, "text", 3)
        page.evaluate("history.replaceState(null, '', location.pathname)")
    one.locator("#text-generate").click()  # both at once
    two.locator("#text-generate").click()
    for page, text, prompt in zip((one, two), before, "AB", strict=True):
        finished(page, "text")
        assert len(shown(page, "text")) == len(text)
        assert shown(page, "text") != text
        expect(page.locator("#text-view .lab-page .human")).to_have_text(prompt)
