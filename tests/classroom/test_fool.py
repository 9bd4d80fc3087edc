"""Fool the discriminator: scores of points, computed here and alike alone and in a batch; the best are kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genai import image
from genai.classroom.activities import Services
from genai.classroom.activities.fool import Fool, Plane, Point, Try, make, read_point
from genai.errors import ConfigError
from genai.latent.plane import seed_at
from genai.latent.requests import LatentRequest
from tests.ui.tiny import save_scored


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    save_scored(folder)
    return folder


@pytest.fixture(scope="module")
def plane(folder):
    return Plane(image.load("scored", "cpu", folder), LatentRequest(seed=5))


def tried(score, x=0.0, y=0.0):
    return Try(Point(x, y), np.full((4, 4), 9, np.uint8), score, 0.5)


def test_a_grid_point_has_the_picture_of_its_seed(plane):
    found = plane.score(Point(2, 1))
    [result] = image.generate(plane.model, [image.ImageRequest(seed=seed_at(5, 2, 1))])
    assert np.array_equal(found.levels, ((result.image[0] + 1) * 127.5).round().numpy().astype(np.uint8))


def test_many_phones_at_once_get_the_same_as_alone(plane):
    points = [Point(n / 7, 7 - n / 11) for n in range(40)]
    alone = [plane.score(point) for point in points]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(plane.score, points))
    for one, other in zip(alone, together, strict=True):
        assert other.score == pytest.approx(one.score, abs=1e-4)
        assert np.array_equal(other.levels, one.levels)
        assert other.place == pytest.approx(one.place, abs=1e-3)


def test_the_best_of_each_phone_is_kept_and_ranked(plane):
    game = Fool(plane, "map.png")
    for seat, score in ((0, 1.0), (1, 3.0), (0, 2.0), (1, -1.0)):
        game.answer(seat, tried(score, x=seat))
    screen = game.screen()
    assert [one["score"] for one in screen["best"]] == [3.0, 2.0]
    assert (screen["answered"], screen["tries"]) == (2, 4)
    own = game.phone(1)
    assert (own["last"]["score"], own["best"]["score"], own["rank"]) == (-1.0, 3.0, 1)
    assert game.phone(0)["rank"] == 2
    assert game.phone(5) == {"last": None, "best": None, "rank": None}
    json.dumps([screen, own])


def test_the_screen_shows_ten_different_points(plane):
    game = Fool(plane, "map.png")
    for seat in range(24):
        game.answer(seat, tried(float(seat // 2), x=(seat // 2) / 2))  # two phones at each point
    shown = [one["score"] for one in game.screen()["best"]]
    assert shown == [float(n) for n in range(11, 1, -1)]


def test_a_game_that_is_over_takes_no_tries(plane):
    game = Fool(plane, "map.png")
    game.act("finish", None)
    with pytest.raises(ConfigError, match="game is over"):
        game.answer(0, tried(1.0))
    game.act("resume", None)
    game.answer(0, tried(1.0))
    with pytest.raises(ConfigError, match="no button"):
        game.act("reveal", None)


@pytest.mark.parametrize(
    "value", [None, 3, [1], [1, 2, 3], [8, 0], [-0.1, 0], [float("nan"), 0], ["1", 2], {"score": 9}]
)
def test_what_is_no_point(value):
    with pytest.raises(ConfigError):
        read_point(value)


def test_a_phone_cannot_send_a_score(folder):
    game = make({}, Services(folder=folder, device="cpu"), 1)
    with pytest.raises(ConfigError):
        game.prepare({"point": [1, 1], "score": 1e9})
    game.answer(0, game.prepare([1, 1.00049]))
    assert game.phone(0)["best"]["y"] == 1.0
    assert game.screen()["map"].endswith(".png")


@pytest.mark.parametrize("settings", [{"model": "none"}, {"model": 3}, {"label": [1]}, {"label": "zebra"}])
def test_settings_that_cannot_be(folder, settings):
    with pytest.raises(ConfigError):
        make(settings, Services(folder=folder, device="cpu"), 1)
