"""Own data in a minute: typed, drawn, photographed, recorded, and drawn by a class."""

import base64
import json
import random
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MILLISECONDS
from tests.browser.test_axe import violations_now
from tests.learn.data.made import picture, recording

pytestmark = pytest.mark.browser

HOME = "?tab=learn&part=train"
SMALL = "&from=none&generator_filters=8&batch_size=8"
"""Settings of a training, in the address: a small network, from scratch."""
TEXT = " ".join(f"{number**3:x}" for number in range(3_000))


def view(page):
    return page.locator("#learn-train-view")


def find(page, name):
    return view(page).locator(f"[data-part={name}]")


def choose(page, value):
    view(page).locator(f"label:has(input[value={value}])").first.click()


def press(page, action):
    view(page).locator(f"[data-action={action}]:visible").first.click()


def items(page):
    return find(page, "items").locator("li")


def draw(page, height):
    """Draw a bow across the canvas with the mouse."""
    canvas = find(page, "canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    left, top = box["x"] + 40, box["y"] + 40
    page.mouse.move(left, top)
    page.mouse.down()
    for x in range(0, 200, 40):
        page.mouse.move(left + x, top + height * x * (200 - x) / 10_000)
    page.mouse.up()


def violations(page, part="#learn-train-view"):
    return violations_now(page, part)


def again(page):
    """Open the address of a page anew with what its browser remembers, as a reload does."""
    anew = page.context.new_page()
    anew.set_default_timeout(PATIENCE_MILLISECONDS)
    anew.goto(page.url)
    return anew


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_what_an_address_asks_for_and_is_not_offered_is_said(visit):
    page = visit(HOME + "&modality=image&minutes=0")
    expect(find(page, "unknown")).to_contain_text("minutes=0")
    expect(find(page, "unknown")).to_contain_text("1, 2, 3, 5, 10, 20, 30")


def test_texts_that_are_added_at_once_become_one_data(visit):
    page = visit(HOME)
    view(page).evaluate("""view => {
        const box = view.querySelector("[data-part=pasted]");
        for (const text of ["One.", "Two."]) {
            box.value = text;
            view.querySelector("[data-action=paste]").click();
        }
    }""")
    expect(items(page)).to_have_text([re.compile("One"), re.compile("Two")])
    expect(items(again(page))).to_have_count(2)


def test_a_pasted_text_is_counted_removed_put_back_and_found_after_a_reload(visit):
    page = visit(HOME)
    expect(find(page, "next")).to_be_disabled()
    find(page, "pasted").evaluate("box => { box.value = 'ab '.repeat(500_000); }")
    press(page, "paste")
    expect(find(page, "refused")).to_contain_text("larger than 1.3 MB")
    find(page, "pasted").fill("Too short.")
    with page.expect_request(lambda request: '"settings"' in (request.post_data or "")):  # it warms a process
        press(page, "paste")
    expect(find(page, "hints")).to_contain_text("at least 10,000")
    find(page, "text-file").set_input_files(
        {"name": "cubes.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    )
    expect(items(page)).to_have_count(2)
    expect(find(page, "next")).to_be_enabled()
    press(page, "removeItem")
    expect(items(page)).to_have_count(1)
    press(page, "undoRemove")
    expect(items(page)).to_have_count(2)
    find(page, "text-file").set_input_files(
        [
            {"name": "cubes.txt", "mimeType": "text/plain", "buffer": TEXT.encode()},
            {"name": "noise.bin", "mimeType": "text/plain", "buffer": bytes(range(256)) * 40},
        ]
    )
    expect(find(page, "refused")).to_contain_text("same as number 2")
    expect(find(page, "refused")).to_contain_text("noise.bin")
    page = again(page)
    expect(items(page)).to_have_count(2)
    assert violations(page) == []


@pytest.mark.parametrize(("locale", "dark"), [("en-US", False), ("zh-CN", True)])
def test_pictures_are_drawn_with_the_mouse_and_with_keys_on_a_phones_screen(visit, locale, dark):
    page = visit(HOME + "&modality=image", locale=locale, dark=dark, width=390)
    find(page, "class").fill("bow")
    draw(page, 60)
    press(page, "takeDrawing")
    expect(items(page)).to_have_count(1)
    canvas = find(page, "canvas")
    canvas.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "ArrowDown", "Space", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(items(page)).to_have_count(2)
    expect(items(page).last.locator("polyline")).to_have_attribute("points", re.compile(r"^\d"))
    expect(find(page, "counts")).to_have_text("bow 2")
    expect(find(page, "hints")).to_contain_text("18")
    assert overflow(page) == 0
    assert violations(page) == []


def test_a_photograph_is_taken_and_what_is_no_picture_is_named(visit):
    page = visit(HOME + "&modality=image")
    choose(page, "photo")
    expect(find(page, "camera-stand-in")).to_be_hidden()
    press(page, "openCamera")
    expect(find(page, "shoot")).to_be_visible()
    page.wait_for_function("document.querySelector('#learn-train-view video').videoWidth > 0")
    find(page, "shoot").click()
    expect(items(page)).to_have_count(1)
    disc = base64.b64decode(picture())
    find(page, "picture-file").set_input_files(
        [
            {"name": "disc.png", "mimeType": "image/png", "buffer": disc},
            {"name": "broken.png", "mimeType": "image/png", "buffer": disc[:60]},
            {"name": "many.zip", "mimeType": "application/zip", "buffer": b"PK\3\4" + bytes(100)},
        ]
    )
    expect(items(page)).to_have_count(2)
    expect(find(page, "refused")).to_contain_text("broken.png")
    expect(find(page, "refused")).to_contain_text("many.zip")
    assert violations(page) == []


def test_sounds_are_recorded_and_cut_and_silence_is_named(visit):
    page = visit(HOME + "&modality=audio", locale="zh-CN")
    press(page, "record")
    expect(find(page, "recording")).to_contain_text("2 秒")  # Chromium's microphone beeps every second
    press(page, "record")
    expect(items(page).first).to_be_visible()
    found = items(page).count()
    assert found >= 2
    find(page, "sound-file").set_input_files(
        [
            {"name": "three.wav", "mimeType": "audio/wav", "buffer": wav(base64.b64decode(recording(3)))},
            {"name": "quiet.wav", "mimeType": "audio/wav", "buffer": wav(bytes(32_000))},
        ]
    )
    expect(items(page)).to_have_count(found + 3)
    expect(find(page, "refused")).to_contain_text("录音里没有声音")
    press(page, "hearItem")
    expect(find(page, "trouble")).to_be_hidden()
    assert violations(page) == []


def wav(samples):
    """A WAV file of 16-bit samples, 16,000 a second."""
    numbers = (b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", len(samples))
    sizes = (None, 4, None, 4, 2, 2, 4, 4, 2, 2, None, 4)
    return (
        b"".join(
            part if size is None else part.to_bytes(size, "little")
            for part, size in zip(numbers, sizes, strict=True)
        )
        + samples
    )


def test_where_the_browser_gives_no_devices_the_phones_own_apps_stand_in(chromium, server):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.replace("127.0.0.1", "lab.test") + "/" + HOME + "&modality=image")
    choose(page, "photo")
    assert page.evaluate("navigator.mediaDevices") is None
    expect(find(page, "open-camera")).to_be_hidden()
    expect(find(page, "camera-stand-in")).to_be_visible()
    expect(find(page, "camera-why")).to_contain_text("https")
    camera = find(page, "camera-file")
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files({"name": "disc.png", "mimeType": "image/png", "buffer": base64.b64decode(picture())})
    expect(items(page)).to_have_count(1)
    choose(page, "audio")
    expect(find(page, "microphone-stand-in")).to_be_visible()
    expect(find(page, "record")).to_be_hidden()
    assert overflow(page) == 0
    context.close()


def test_a_class_draws_on_the_teachers_wall(visit):
    teacher = visit(HOME + "&modality=image")
    choose(teacher, "class")
    find(teacher, "tasks").fill("star, heart")
    press(teacher, "openRoom")
    expect(find(teacher, "code")).to_have_text(re.compile("^[A-HJ-NP-Z]{4}$"))
    code = find(teacher, "code").inner_text()
    expect(find(teacher, "qr")).to_have_js_property("complete", True)
    phone = visit(f"{HOME}&join={code.lower()}", locale="zh-CN", width=390)
    expect(find(teacher, "phones")).to_contain_text("1 phone")
    expect(phone.locator("[role=tablist]:visible")).to_have_count(0)
    phone.locator("[data-action=chooseTask][data-name=heart]").click()
    for height in (60, -40):
        draw(phone, height)
        press(phone, "takeDrawing")
        expect(find(phone, "take-drawing")).to_be_disabled()
    expect(items(teacher)).to_have_count(2)
    expect(find(teacher, "counts")).to_have_text("heart 2")
    assert overflow(phone) == 0
    assert violations(phone) == []
    press(teacher, "removeItem")
    expect(items(teacher)).to_have_count(1)
    phone = again(phone)
    expect(find(phone, "phone-items").locator("li")).to_have_count(1)
    expect(find(phone, "phone-count")).to_contain_text("老师取下了 1 幅")
    teacher = again(teacher)
    expect(find(teacher, "code")).to_have_text(code)
    expect(items(teacher)).to_have_count(1)
    assert violations(teacher) == []
    assert "room" not in json.dumps(teacher.evaluate("Object.keys(localStorage)"))


def start(page):
    """Go on to the second step and start a training with what is chosen there."""
    for _ in range(2):
        expect(find(page, "next")).to_be_enabled()
        find(page, "next").click()
    expect(find(page, "phase")).to_contain_text("Learning", timeout=60_000)


def stop_and_keep(page):
    press(page, "stopRun")
    expect(find(page, "phase")).to_contain_text("Stopped at step", timeout=60_000)
    expect(find(page, "run-facts")).not_to_contain_text("left")


def test_a_pasted_text_is_learnt_while_one_watches(visit):
    page = visit(HOME)
    words = ["the", "moon", "and", "sea", "old", "friend", "sang", "to", "night"]
    dice = random.Random(0)
    find(page, "pasted").fill("\n".join(" ".join(dice.choices(words, k=12)) for _ in range(300)))
    press(page, "paste")
    start(page)
    expect(find(page, "run-text")).not_to_be_empty(timeout=60_000)
    expect(find(page, "run-curves").locator("polyline").first).to_have_css("fill", "none", timeout=60_000)
    expect(find(page, "run-levels").locator("span").first).to_be_attached()
    press(page, "pauseOrGo")
    expect(find(page, "phase")).to_contain_text("Paused", timeout=60_000)
    before = find(page, "run-facts").inner_text()
    view(page).locator("[data-action=stepBy][data-steps='10']").click()
    expect(find(page, "run-facts")).not_to_have_text(before, timeout=60_000)
    press(page, "lookNow")
    look = page.locator("#learn-look-text")
    expect(look.locator("li.is-chosen")).to_have_count(1)
    place = look.locator("[data-part=strip-place]").inner_text()  # 17 or, after a blank, a later one
    look.locator("[data-action=after]").click()
    number = int(place.split(" /")[0])
    expect(look.locator("[data-part=strip-place]")).to_contain_text(f"{number + 1} /")
    assert violations(page, "#learn-look-text") == []
    page.set_viewport_size({"width": 390, "height": 900})
    piece = look.locator("[data-part=strip-text]")
    assert piece.evaluate("node => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight")
    look.locator("[data-action=closeLook]").click()
    expect(look.locator("[data-part=look]")).to_be_hidden()
    assert violations(page) == []
    page = again(page)  # the run is found again by its address
    expect(find(page, "phase")).to_contain_text("Paused", timeout=60_000)
    expect(find(page, "film")).to_be_visible()
    stop_and_keep(page)
    find(page, "next").click()
    expect(find(page, "command")).to_contain_text("genai.text.training")
    press(page, "useModel")
    expect(find(page, "use-said")).to_contain_text("in its tab")
    assert violations(page) == []


def test_drawings_are_learnt_and_the_nearest_own_one_stands_beside_each_sample(visit):
    page = visit(HOME + "&modality=image" + SMALL)
    for n in range(20):
        draw(page, 10 + 9 * n)
        press(page, "takeDrawing")
        expect(items(page)).to_have_count(n + 1)
    start(page)
    expect(find(page, "run-pictures").locator("canvas").first).to_be_visible(timeout=60_000)
    expect(find(page, "run-pictures").locator("img").first).to_be_visible(timeout=60_000)
    expect(find(page, "film-place")).to_be_visible(timeout=60_000)  # two moments are kept
    stop_and_keep(page)
    view(page).locator("[data-action=lookAt]").nth(2).click()
    look = page.locator("#learn-look-image")
    expect(look.locator("[data-part=judged] img").first).to_be_visible()
    expect(look.locator("[data-part=strip-item]")).to_have_js_property("complete", True)
    assert violations(page, "#learn-look-image") == []
    find(page, "film-place").fill("0")
    expect(look.locator("[data-part=step]")).to_have_text("1")


def test_sounds_are_learnt_and_seen(visit):
    page = visit(HOME + "&modality=audio" + SMALL)
    find(page, "sound-file").set_input_files(
        {"name": "tones.wav", "mimeType": "audio/wav", "buffer": wav(base64.b64decode(recording(20, pause=0.25)))}
    )
    expect(items(page)).to_have_count(20)
    start(page)
    expect(find(page, "run-sounds").locator("audio").first).to_be_visible(timeout=60_000)
    assert violations(page) == []
    loss = find(page, "live-settings").locator("[data-setting=loss] option").first
    expect(loss).to_have_text("relativistic")
    page.locator("[data-language='zh-CN']").click()
    expect(loss).to_have_text("相对论")
    stop_and_keep(page)
