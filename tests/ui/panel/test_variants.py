"""The Image tab with a model of people, whose hairstyle may be asked for beside the class."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from genai import image, provenance
from genai.check.examination import examine
from genai.check.words import label_rows
from genai.image import tab as image_tab
from genai.image.encoding import encode
from genai.image.page.slides import Slides
from genai.image.page.walk import ImageWalk
from genai.image.sheet import SheetRequest
from genai.language.strings import both
from genai.ui.page.page import Page
from genai.ui.panel.context import Context
from tests.ui.single import run
from tests.ui.tiny import save_people


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    save_people(folder)
    return folder


@pytest.fixture(scope="module")
def panel(folder):
    [panel] = Page([image_tab.build], Context(folder=folder, device="cpu")).panels
    return panel


def cells(panel, label, variant, count=12):
    shown, notice = run(panel, "people", label, count, 0, 1.0, variant)
    assert notice == {"empty": True}
    return shown


def test_the_hairstyle_asked_for_is_drawn_shown_and_linked(panel):
    shown = cells(panel, "Glasses", "爆炸头")
    assert {(cell["number"], cell["variantNumber"]) for cell in shown["cells"]} == {(0, 0)}
    assert shown["cells"][0]["variant"] == {"en": "Afro", "zh-CN": "爆炸头"}
    assert "&variant=" in shown["link"]


def test_one_that_is_left_open_is_drawn_among_those_of_the_class(panel):
    shown = cells(panel, "Bald", "any", count=40)
    drawn = [cell["variantNumber"] for cell in shown["cells"]]
    assert set(drawn) == {1, 2}
    assert drawn.count(1) > drawn.count(2)
    assert "variant" not in shown["link"]
    assert {cell["number"] for cell in cells(panel, "any", "Three hairs")["cells"]} == {1}


def test_a_pair_that_the_data_lacks_is_refused_in_both_languages(panel):
    _, notice = run(panel, "people", "Bald", 3, 0, 1.0, "Afro")
    assert notice["sentence"]["en"] == (
        "Bald does not go with Afro in what this model has learnt: leave one of them open, or choose one of "
        "No hair, Three hairs."
    )
    assert "“光头”没有“爆炸头”" in notice["sentence"]["zh-CN"]


def test_a_link_chooses_the_hairstyle(panel):
    query = {"tab": "image", "model": "people", "label": "0", "variant": "1", "seed": "3"}
    chips = panel._update_from_link(query).settings["variant"]
    assert chips.value == "No hair"
    assert [value for _, value in chips.choices] == ["any", "Afro", "No hair", "Three hairs"]


def test_the_opening_has_the_hairstyle_of_the_header(panel):
    shown = panel._update_to_opening("people").result
    assert {(cell["number"], cell["variantNumber"]) for cell in shown["cells"]} == {(0, 0)}


def test_a_saved_picture_says_its_hairstyle_and_check_makes_it_again(folder):
    model = image.load("people", "cpu", folder)
    [result] = image.generate(model, [image.ImageRequest("Bald", seed=5)])
    finding = examine(encode(model, result), folder)
    assert finding.kind == "identical"
    assert finding.label.settings["variant"] in ("No hair", "Three hairs")
    assert [both("image.variant"), model.variant_name(result.variant)] in label_rows(finding)


def test_slides_and_walk_have_the_hairstyle_asked_for(panel, folder):
    asked = {"model": "people", "label": "Glasses", "variant": "Afro", "seed": 4, "truncation": 1.0}
    model = image.load("people", "cpu", folder)
    wanted = image.generate(model, [image.ImageRequest("Glasses", seed=seed, variant="Afro") for seed in (4, 5)])
    sheet = Slides(panel.registry).sheet({**asked, "count": 2})
    request = label_of(sheet["source"]).settings["sheet"]
    assert torch.equal(
        torch.stack([one.image for one in image.generate(model, SheetRequest(**request).requests())]),
        torch.stack([one.image for one in wanted]),
    )
    steps = ImageWalk(panel.registry).steps({**asked, "seeds": [4, 5], "frames": 2, "loop": False})
    strip = read(steps["strip"])
    assert np.array_equal(strip, np.concatenate([provenance.to_uint8(one.image) for one in wanted], axis=1))


def read(source):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))


def label_of(source):
    return provenance.parse(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))).text["genai"])
