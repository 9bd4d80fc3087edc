"""What the walk answers."""

import base64
import io

import av
import numpy as np
import pytest
from PIL import Image

from genai import image, provenance
from genai.image.page.walk import ImageWalk
from genai.image.sampling import ImageRequest, generate
from genai.serving.models import Registry
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("image", image.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


QUESTION = {"model": "fashion", "seeds": [3, 8], "frames": 40, "label": None, "truncation": 1.0, "loop": False}


def content(url):
    return base64.b64decode(url.split(",")[1])


def test_a_walk_comes_in_strips_that_begin_and_end_with_its_seeds(registry):
    first, second = (ImageWalk(registry).steps({**QUESTION, "start": start}) for start in (0, 32))
    assert (first["count"], second["count"], first["side"]) == (32, 8, 32)
    strip = np.asarray(Image.open(io.BytesIO(content(first["strip"]))))
    assert strip.shape == (32, 32 * 32)
    first_result = generate(registry.get("fashion"), [ImageRequest("any", 3)])[0]
    assert np.abs(strip[:, :32].astype(int) - provenance.to_uint8(first_result.image)).max() <= 1


@pytest.mark.parametrize("kind", ["mp4", "webp"])
def test_a_film_has_all_pictures_and_says_where_it_comes_from(registry, kind):
    answer = ImageWalk(registry).film({**QUESTION, "seconds": 2, "kind": kind})
    assert answer["name"] == f"fashion-walk-3-8.{kind}"
    if kind == "mp4":
        with av.open(io.BytesIO(content(answer["file"]))) as film:
            assert sum(1 for _ in film.decode(video=0)) == 40
            assert film.streams.video[0].average_rate == 20
            assert '"seeds": [3, 8]' in film.metadata["comment"]
    else:
        with Image.open(io.BytesIO(content(answer["file"]))) as film:
            assert film.n_frames == 40


@pytest.mark.parametrize(
    "wrong",
    [{"seeds": [3]}, {"seeds": "3, 8"}, {"seeds": [3, "x"]}, {"seeds": None}, {"frames": 10**9}, {"model": "../x"},
     {"label": "hat"}, {"truncation": None}, {"start": 40}, {"start": "0"}],
)  # fmt: skip
def test_a_bad_question_is_answered_by_a_sentence(registry, wrong):
    assert {"en", "zh-CN"} == ImageWalk(registry).steps({**QUESTION, **wrong})["sentence"].keys()


def test_seconds_have_a_range(registry):
    for seconds in (0, 61, "5", None, float("nan")):
        assert (
            "Seconds" in ImageWalk(registry).film({**QUESTION, "seconds": seconds, "kind": "mp4"})["sentence"]["en"]
        )
