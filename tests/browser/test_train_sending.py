"""What is drawn or typed while something is sent is of the next item."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOME = "?tab=learn&part=train&lang=en"
SLOW = """
    const send = window.fetch;
    window.held = [];
    window.fetch = async (address, options) => {
        const isQuestion = String(address).includes("/component_server");
        const isHeld = isQuestion && JSON.parse(options.body).fn_name === "add";
        const answer = await send(address, options);
        if (isHeld) await new Promise((release) => held.push(release));
        return answer;
    };
"""
"""Hold the answers about items that are added until the test releases them."""


def find(page, name):
    return page.locator(f"#learn-train-view [data-part={name}]")


def items(page):
    return find(page, "items").locator("li")


def release(page):
    page.wait_for_function("() => held.length === 1")
    page.evaluate("() => held.splice(0).forEach((release) => release())")


def begin_stroke(page, top):
    """Press the mouse on the canvas and draw, without letting go."""
    box = find(page, "canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + top)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + top + 20)


def test_a_stroke_that_is_drawn_while_a_drawing_is_sent_stays(visit):
    page = visit(HOME + "&modality=image", script=SLOW)
    find(page, "canvas").scroll_into_view_if_needed()
    begin_stroke(page, 40)
    page.mouse.up()
    take = find(page, "take-drawing")
    take.click()
    expect(take).to_be_disabled()
    begin_stroke(page, 120)
    release(page)
    expect(items(page)).to_have_count(1)
    box = find(page, "canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 200)
    page.mouse.up()
    take.click()
    release(page)
    expect(items(page)).to_have_count(2)
    expect(items(page).last.locator("polyline")).to_have_count(1)
    expect(take).to_be_disabled()


def test_a_text_that_is_typed_while_another_is_sent_stays(visit):
    page = visit(HOME, script=SLOW)
    box = find(page, "pasted")
    box.fill("One.")
    for _ in range(2):
        page.locator("#learn-train-view [data-action=paste]").click()
    box.press_sequentially(" Two.")
    release(page)
    expect(items(page)).to_have_text([re.compile("One")])
    expect(box).to_have_value(" Two.")
    expect(find(page, "refused")).to_be_empty()
