"""The camera and the microphone are on only while somebody wants them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parts import open_tab

pytestmark = pytest.mark.browser

HOME = "?tab=learn&part=train&lang=en"
STAND_IN = """
    window.streams = [];
    window.grants = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (window.isSlow) await new Promise((grant) => grants.push(grant));
        streams.push(await ask(wanted));
        return streams.at(-1);
    };
"""
"""Keep the streams that the browser gives; with `isSlow` the visitor does not answer before a call of grants."""
GRANT = "() => { for (const grant of grants.splice(0)) grant(); }"


def find(page, name):
    return page.locator(f"#learn-train-view [data-part={name}]")


def choose(page, value):
    page.locator(f"#learn-train-view label:has(input[value={value}])").first.click()


def all_off(page, count):
    """Wait until the browser has given so many streams and all have ended."""
    ended = "streams.every((stream) => stream.getTracks().every((track) => track.readyState === 'ended'))"
    page.wait_for_function(f"count => streams.length === count && {ended}", arg=count)


def test_the_camera_goes_off_when_another_tab_or_source_is_chosen(visit):
    page = visit(HOME + "&modality=image", script=STAND_IN)
    choose(page, "photo")
    find(page, "open-camera").click()
    expect(find(page, "shoot")).to_be_visible()
    open_tab(page, "text")
    all_off(page, 1)
    open_tab(page, "learn")
    expect(find(page, "open-camera")).to_be_visible()
    page.evaluate("window.isSlow = true")
    find(page, "open-camera").click()
    choose(page, "draw")
    page.evaluate(GRANT)
    all_off(page, 2)


def test_a_second_tap_starts_no_second_recording(visit):
    page = visit(HOME + "&modality=audio", script=STAND_IN)
    page.evaluate("window.isSlow = true")
    find(page, "record").click()
    find(page, "record").click()
    page.evaluate(GRANT)
    expect(find(page, "recording")).to_contain_text("1 of")
    choose(page, "text")  # ends the recording, which stays a sound
    all_off(page, 1)
    choose(page, "audio")
    expect(find(page, "items").locator("li").first).to_be_visible()
    expect(find(page, "record")).to_have_text(re.compile("Record"), use_inner_text=True)
