"""Pictures for slides: enlarged and on a contact sheet, from the wall and from the dialog of one picture."""

import io
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from genai.provenance import parse
from tests.browser.parts import finished

pytestmark = pytest.mark.browser


def label_of(content):
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size, parse(picture.text["genai"])


def test_the_shown_pictures_are_taken_along_enlarged_and_as_a_sheet(visit):
    page = visit("?tab=image&model=fashion&seed=5&count=3&truncation=0.5", width=390)
    finished(page, "image")
    view = page.locator("#image-view")
    expect(view.locator(".lab-wall img")).to_have_count(3)

    def downloaded(action):
        button = view.locator(f"[data-action={action}]")
        assert button.bounding_box()["height"] >= 40
        with page.expect_download() as waiting:
            button.click()
        expect(button).to_be_enabled()
        return waiting.value.suggested_filename, waiting.value.path().read_bytes()

    name, content = downloaded("sheet")
    size, label = label_of(content)
    assert name == "fashion-seed5-sheet.png"
    assert min(size) > 256
    assert label.settings["sheet"] == {"label": None, "seed": 5, "count": 3, "truncation": 0.5, "variant": None}
    name, content = downloaded("enlarged")
    assert name == "fashion-seed5-x8.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"fashion-seed{seed}-x8.png" for seed in (5, 6, 7)]
        assert [label_of(archive.read(name))[1].settings["seed"] for name in archive.namelist()] == [5, 6, 7]
    view.locator(".lab-wall img").nth(1).click()
    name, content = downloaded("large")
    size, label = label_of(content)
    assert (name, size) == ("fashion-seed6-x8.png", (256, 256))
    assert (label.settings["enlarged"], label.settings["truncation"]) == (8, 0.5)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_hairstyle_that_is_asked_for_stands_in_the_dialog_on_the_sheet_and_in_the_walk(visit):
    page = visit("?tab=image&model=people&label=Glasses&variant=No+hair&seed=5&count=3&lang=en")
    finished(page, "image")
    chips = page.locator("#image-variant")
    expect(chips.locator("label")).to_have_text(["Any", "Afro", "No hair", "Three hairs"])
    expect(chips.locator("label.selected")).to_have_text("No hair")
    view = page.locator("#image-view")
    view.locator(".lab-wall img").nth(1).click()
    expect(view.locator("dialog [data-part=variant] :visible")).to_have_text("No hair")
    view.locator("[data-action=close]").click()
    with page.expect_download() as waiting:
        view.locator("[data-action=sheet]").click()
    _, label = label_of(waiting.value.path().read_bytes())
    assert label.settings["sheet"]["variant"] == "No hair"
    page.evaluate("document.querySelector('#image-view [data-part=walk]').open = true")
    with page.expect_request(lambda request: "frames" in (request.post_data or "")) as asked:
        view.locator("[data-action=walk]").click()
    assert (asked.value.post_data_json["data"]["label"], asked.value.post_data_json["data"]["variant"]) == (
        "Glasses",
        "No hair",
    )
