"""Pictures for slides: enlarged, and on a contact sheet."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from genai import image
from genai.image.page.slides import Slides
from genai.image.sampling import ImageRequest, generate
from genai.image.sheet import CAPTION, FACTOR, GAP, SheetRequest, columns_for, contact_sheet, enlarge, sheet_scale
from genai.provenance import to_uint8
from genai.serving.models import Registry
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("image", image.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


def opened(answer):
    with Image.open(io.BytesIO(base64.b64decode(answer["source"].split(",")[1]))) as picture:
        return np.asarray(picture)


def test_each_pixel_becomes_a_square():
    picture = torch.arange(12.0).reshape(3, 2, 2)
    large = enlarge(picture, 5)
    assert large.shape == (3, 10, 10)
    for row in range(10):
        for column in range(10):
            assert torch.equal(large[:, row, column], picture[:, row // 5, column // 5])


def test_a_sheet_is_no_higher_than_wide_and_leaves_few_places_empty():
    assert [columns_for(count) for count in (1, 2, 4, 9, 16, 64)] == [1, 2, 2, 3, 4, 8]
    for count in range(1, 65):
        columns = columns_for(count)
        rows = -(-count // columns)
        assert rows <= columns
        assert 0 <= columns * rows - count < columns
        assert columns * 64 * sheet_scale(64, count) <= 2048
    assert sheet_scale(32, 1) == FACTOR


def test_a_sheet_has_the_pictures_of_its_seeds_in_order(registry):
    model = registry.get("fashion")
    request = SheetRequest(label=1, seed=4294967294, count=5, truncation=0.7)
    sheet = contact_sheet(model, request)
    side = model.network.config.size
    scale = sheet_scale(side, 5)
    cell = side * scale + 2 * GAP
    columns = columns_for(5)
    assert sheet.shape[:2] == (-(-5 // columns) * (cell + CAPTION), columns * cell)
    for place, seed in enumerate((4294967294, 4294967295, 0, 1, 2)):
        [result] = generate(model, [ImageRequest(1, seed, 0.7)])
        top = place // columns * (cell + CAPTION) + GAP
        left = place % columns * cell + GAP
        drawn = sheet[top : top + side * scale : scale, left : left + side * scale : scale]
        assert np.abs(drawn.astype(int) - to_uint8(result.image)).max() <= 1
        assert (sheet[top + side * scale : top + side * scale + CAPTION, left : left + 60] < 128).any(), "its seed"


def test_enlarged_pictures_are_those_of_the_page(registry):
    slides = Slides(registry)
    answer = slides.enlarged({"model": "fashion", "label": None, "seed": 3, "count": 4, "truncation": 1.0})
    results = generate(registry.get("fashion"), [ImageRequest(None, 3 + n) for n in range(4)])
    for cell, result in zip(answer["cells"], results, strict=True):
        pixels = opened(cell)
        assert pixels.shape[:2] == (FACTOR * result.image.shape[1], FACTOR * result.image.shape[2])
        assert np.abs(pixels[::FACTOR, ::FACTOR].astype(int) - to_uint8(result.image)).max() <= 1
    assert [cell["file"] for cell in answer["cells"]] == [f"fashion-seed{3 + n}-x8.png" for n in range(4)]
    assert answer["archive"] == "fashion-seed3-x8.zip"


@pytest.mark.parametrize(
    "change", [{"count": 65}, {"count": 0}, {"seed": -1}, {"label": "none"}, {"truncation": 2}]
)
def test_pictures_that_cannot_be_are_answered_by_a_sentence(registry, change):
    slides = Slides(registry)
    for ask in (slides.enlarged, slides.sheet):
        assert {"en", "zh-CN"} == ask({"model": "fashion", "count": 2, **change})["sentence"].keys()
