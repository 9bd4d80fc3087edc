"""Examining pictures for slides and films of 512 pixels: found again, and altered ones found out."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from genai import image, provenance
from genai.check import examine
from genai.check.content import squares
from genai.check.tab import to_view
from genai.gan.origin import make_label
from genai.image.page.slides import Slides
from genai.image.page.walk import ImageWalk
from genai.image.walk import walk
from genai.inference import forward
from genai.latent.walk import WalkRequest
from genai.provenance import Label
from genai.serving.models import Registry

ASKED = {"model": "calligraphy", "label": 1, "seed": 3, "count": 3, "truncation": 0.9}
WALK = {"seeds": [3, 4], "label": 1, "truncation": 0.9, "frames": 6, "loop": False}


@pytest.fixture(scope="module", autouse=True)
def in_float32():
    """Compute in float32 on any machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forward, "uses_bfloat16", lambda device: False)
        yield


def content(url):
    return base64.b64decode(url.split(",")[1])


@pytest.fixture(scope="module")
def registry():
    return Registry("image", image.load, device="cpu")


@pytest.fixture(scope="module")
def slides(registry):
    """An enlarged picture and a contact sheet."""
    answers = Slides(registry)
    return {
        "enlarged": content(answers.enlarged(ASKED)["cells"][1]["source"]),
        "sheet": content(answers.sheet(ASKED)["source"]),
    }


def test_pictures_for_slides_are_reproduced(slides):
    views = {}
    for name, file in slides.items():
        finding = examine(file)
        assert (finding.kind, finding.saved_as) == ("identical", None), name
        views[name] = to_view(finding)
    rows = {name["en"]: value for name, value in views["sheet"]["rows"]}
    assert (rows["Seed"], rows["Pictures on the sheet"], rows["Enlarged, times"]) == ("3", "3", "8")
    assert "seed=4" in views["enlarged"]["link"]
    assert "seed=3" in views["sheet"]["link"]
    assert "count=3" in views["sheet"]["link"]
    assert "enlarged" not in views["sheet"]["link"] + views["enlarged"]["link"]


@pytest.mark.parametrize("name", ["enlarged", "sheet"])
def test_one_changed_pixel_of_a_picture_for_slides_is_altered(slides, name):
    with Image.open(io.BytesIO(slides[name])) as read:
        pixels, label = np.asarray(read).copy(), read.text["genai"]
    pixels[40, 40] ^= 64
    info = PngInfo()
    info.add_itxt("genai", label)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info)
    assert examine(file.getvalue()).kind == "altered"


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"label": 1, "seed": 3, "truncation": 0.9, "enlarged": 9}, "not_reproducible"),
        ({"label": 1, "seed": 3, "truncation": 0.9, "enlarged": "8"}, "not_reproducible"),
        ({"label": 1, "seed": 3, "truncation": 0.9, "enlarged": 2}, "altered"),
        ({"sheet": {"count": 65}}, "not_reproducible"),
        ({"sheet": 5}, "not_reproducible"),
        ({"sheet": {"label": 1, "seed": 4, "count": 3, "truncation": 0.9}}, "altered"),
    ],
)
def test_labels_of_other_pictures(slides, settings, kind):
    label = examine(slides["sheet"]).label
    with Image.open(io.BytesIO(slides["sheet"])) as read:
        pixels = np.asarray(read)
    forged = Label("image", "calligraphy", label.sha256, settings, label.precision)
    assert examine(provenance.png_of_pixels(pixels, forged)).kind == kind


@pytest.fixture(scope="module")
def pictures(registry):
    return list(walk(registry.get("calligraphy"), WalkRequest(**WALK)))


def test_films_of_all_sizes_are_reproduced(registry, pictures):
    """Of those that the page made before too, which were smaller."""
    film = ImageWalk(registry).film
    label = make_label(registry.get("calligraphy"), {"walk": WALK, "seconds": 1})
    for kind, encode, expected in (("webp", provenance.webp, "identical"), ("mp4", provenance.mp4, "compressed")):
        made = content(film({**WALK, "model": "calligraphy", "seconds": 1, "kind": kind})["file"])
        finding = examine(made)
        assert finding.kind == expected
        assert finding.file.value.shape == (6, 64, 64, 3)
        assert finding.file.square == 8
        assert made == encode(pictures, 6, label)
        for side in (64, 256):
            assert examine(encode(pictures, 6, label, side)).kind == expected


def test_a_film_of_other_pictures_is_altered(registry, pictures):
    label = make_label(registry.get("calligraphy"), {"walk": WALK, "seconds": 1})
    assert examine(provenance.webp(pictures[::-1], 6, label)).kind == "altered"
    assert examine(provenance.mp4(pictures[::-1], 6, label)).kind == "altered"
    enlarged = [picture.repeat_interleave(8, 1).repeat_interleave(8, 2) for picture in pictures]
    assert examine(provenance.webp(enlarged, 6, label)).kind == "identical"
    changed = enlarged[3].clone()
    changed[0, 301, 77] = -changed[0, 301, 77].sign()
    assert examine(provenance.webp([*enlarged[:3], changed, *enlarged[4:]], 6, label)).kind == "altered"
    thin = [torch.full((1, 4, 512), (-1.0) ** n) for n in range(6)]
    assert examine(provenance.webp(thin, 6, label)).kind == "unreadable"


def test_a_square_of_one_colour_has_that_colour_and_one_changed_pixel_is_seen():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (5, 7, 3), np.uint8)
    large = small.repeat(8, axis=0).repeat(8, axis=1)
    for exact in (True, False):
        assert np.array_equal(squares(large, 8, exact=exact), squares(small, 1, exact=exact))
    changed = large.copy()
    changed[3, 5] = 255 - changed[3, 5]
    difference = np.abs(squares(changed, 8, exact=True) - squares(large, 8, exact=True))
    assert difference[0, 0].max() == pytest.approx(np.abs(255 - 2.0 * small[0, 0]).max() / 127.5, abs=1e-6)
    assert not difference[1:].any()
    noise = rng.integers(0, 256, (19, 21, 3), np.uint8)
    means = noise[:16, :20].reshape(4, 4, 5, 4, 3).mean(axis=(1, 3))
    assert squares(noise, 4, exact=False) == pytest.approx(means / 127.5 - 1, abs=1e-6)
