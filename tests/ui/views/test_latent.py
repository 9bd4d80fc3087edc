"""What is asked about the latent space, of pictures and of sounds."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from genai import audio, image, provenance
from genai.audio.page.renderer import RENDERER as SOUNDS
from genai.image.page.renderer import RENDERER as PICTURES
from genai.serving.models import Registry
from genai.ui.views import drawing, thumbnails
from genai.ui.views.latent import LatentSpace, spread
from tests.ui.tiny import save_all

QUESTION = {"model": "fashion", "label": 2, "seed": 5, "truncation": 1.0}
SOUND_QUESTION = {**QUESTION, "model": "digits", "variant": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def pictures(folder):
    return LatentSpace(Registry("image", image.load, device="cpu", folder=folder), PICTURES)


@pytest.fixture(scope="module")
def sounds(folder):
    return LatentSpace(Registry("audio", audio.load, device="cpu", folder=folder), SOUNDS)


def content(url):
    return base64.b64decode(url.split(",")[1])


def pixels(url):
    return np.asarray(Image.open(io.BytesIO(content(url))))


def image_of(folder, seed, truncation=1.0):
    model = image.load("fashion", "cpu", folder)
    return image.generate(model, [image.ImageRequest(2, seed, truncation)])[0].image


@pytest.mark.parametrize(("point", "seed"), [((0, 0), 5), ((3, 2), 24), ((7, 7), 68)])
def test_at_a_seed_the_picture_is_that_of_the_seed(pictures, folder, point, seed):
    answer = pictures.point({**QUESTION, "points": [point], "hear": True})
    assert np.array_equal(pixels(answer["picture"]), provenance.to_uint8(image_of(folder, seed)))
    assert len(answer["z"]) == 8
    assert "sound" not in answer


def test_the_picture_says_where_it_came_from(pictures):
    answer = pictures.point({**QUESTION, "points": [[0.5, 1.25]], "changes": [[3, 2.0]]})
    label = provenance.parse(Image.open(io.BytesIO(content(answer["picture"]))).info["genai"])
    assert label.settings["plane"] == {"seed": 5, "points": [[0.5, 1.25]], "changes": [[3, 2.0]]}
    assert answer["z"][3] == 2.0
    assert answer["picture"] != pictures.point({**QUESTION, "points": [[0.5, 1.25]]})["picture"]


def test_at_a_seed_the_sound_is_that_of_the_seed(sounds, folder):
    model = audio.load("digits", "cpu", folder)
    wave = audio.generate(model, [audio.AudioRequest(2, 14)])[0].waveform.numpy()
    answer = sounds.point({**SOUND_QUESTION, "points": [[1, 1]], "hear": True})
    assert content(answer["sound"]) == drawing.playable(wave, 8000)
    assert answer["picture"] == drawing.spectrogram(wave, 8000)
    assert "sound" not in sounds.point({**SOUND_QUESTION, "points": [[1, 1]]})


def test_the_map_holds_each_seed_at_its_place(pictures, folder):
    answer = pictures.plane(QUESTION)
    sheet = pixels(answer["map"])
    side = thumbnails.TILE
    assert sheet.shape == (8 * side, 8 * side, 3)
    tile = Image.fromarray(provenance.to_uint8(image_of(folder, 5 + 8 * 2 + 3))).convert("RGB")
    tile = np.asarray(tile.resize((side, side), Image.Resampling.LANCZOS), int)
    assert (
        np.abs(sheet[2 * side : 3 * side, 3 * side : 4 * side] - tile).max() <= 2
    )  # another batch, another rounding
    assert [name["en"] for name in answer["names"]] == ["T-shirt", "trouser", "dress", "sneaker"]


@pytest.mark.parametrize("space", ["pictures", "sounds"])
def test_an_arc_leads_from_point_to_point(request, space):
    question = QUESTION if space == "pictures" else SOUND_QUESTION
    arc = request.getfixturevalue(space).arc({**question, "points": [[1, 0], [2.5, 3]]})["pictures"]
    assert len(arc) == len(set(arc)) == 9
    back = request.getfixturevalue(space).arc({**question, "points": [[2.5, 3], [1, 0]]})["pictures"]
    difference = [
        np.abs(pixels(a).astype(int) - pixels(b)).mean() for a, b in zip(arc, reversed(back), strict=True)
    ]
    assert max(difference) < 1


@pytest.mark.parametrize("space", ["pictures", "sounds"])
def test_the_ranking_is_of_all_components_and_found_once(request, space):
    question = QUESTION if space == "pictures" else SOUND_QUESTION
    space = request.getfixturevalue(space)
    answer = space.ranking(question)
    assert len(answer["shares"]) == 8
    assert min(answer["shares"]) > 0
    assert answer["count"] == 3 * 3 * 8 + 64
    assert space.ranking({**question, "seed": 9}) is answer
    assert space.ranking({**question, "label": 1}) is not answer


def test_the_ranking_is_what_random_values_find(pictures, folder):
    """An estimate by other means: Jansen's, half the mean square of the change when a component is drawn anew."""
    model = image.load("fashion", "cpu", folder)
    rng = torch.Generator().manual_seed(0)
    z = torch.randn(1500, 8, generator=rng)
    first = model.network(z, torch.full((1500,), 2)).detach().flatten(1)
    expected = []
    for component in range(8):
        other = z.clone()
        other[:, component] = torch.randn(1500, generator=rng)
        second = model.network(other, torch.full((1500,), 2)).detach().flatten(1)
        expected.append((first - second).square().sum(dim=1).mean() / 2)
    expected = torch.stack(expected) / first.var(dim=0).sum()
    shares = torch.tensor(pictures.ranking(QUESTION)["shares"])
    assert torch.corrcoef(torch.stack([shares, expected]))[0, 1] > 0.8


@pytest.mark.parametrize("space", ["pictures", "sounds"])
def test_truncation_narrows_the_spread_of_the_same_seeds(request, space):
    question = QUESTION if space == "pictures" else SOUND_QUESTION
    rows = request.getfixturevalue(space).truncations({**question, "truncation": 0.3})["rows"]
    assert [row["truncation"] for row in rows] == [0, 0.25, 0.5, 0.75, 1]
    assert len(set(rows[0]["pictures"])) == 1
    spreads = [row["spread"] for row in rows]
    assert spreads[0] == pytest.approx(0, abs=1e-4)
    assert spreads[-1] == 1
    assert spreads == sorted(spreads)
    assert all(len(row["pictures"]) == 8 for row in rows)


def test_spread_of_known_items():
    corners = torch.tensor([[0.0, 0], [3, 0], [0, 4]])
    assert spread(corners) == pytest.approx((3 + 4 + 5) / 3)
    z = torch.randn(8, 50, generator=torch.Generator().manual_seed(0))
    weights = torch.randn(50, 20, generator=torch.Generator().manual_seed(1))
    assert spread(0.25 * z @ weights) == pytest.approx(0.25 * spread(z @ weights))  # of a linear generator


@pytest.mark.parametrize("question", ["plane", "point", "arc", "ranking", "truncations"])
@pytest.mark.parametrize("wrong", [{"model": "x"}, {"label": 9}, {"seed": -1}, {"truncation": 2}])
def test_a_bad_question_is_answered_by_a_sentence(pictures, question, wrong):
    answer = getattr(pictures, question)({**QUESTION, **wrong})
    assert answer["sentence"].keys() == {"en", "zh-CN"}
    assert "went wrong" not in answer["sentence"]["en"]


@pytest.mark.parametrize("question", ["point", "arc"])
@pytest.mark.parametrize("points", [[[9, 0]], [], None, [[0, 0], "ab"]])
def test_a_point_that_is_none_is_told(pictures, question, points):
    answer = getattr(pictures, question)({**QUESTION, "points": points})
    assert "cannot be used" in answer["sentence"]["en"]


def test_a_model_without_labels_has_a_plane_too(pictures):
    question = {**QUESTION, "model": "characters", "label": None}
    assert pictures.plane(question)["names"] == []
    assert pixels(pictures.point({**question, "points": [[0, 0]]})["picture"]).shape == (64, 64, 3)
