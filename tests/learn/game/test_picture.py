"""The picture against autograd by hand."""

import base64
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from genai.gan.losses import generator_loss
from genai.learn.game import picture
from genai.learn.game.config import GameConfig
from genai.learn.game.measures import map_points
from genai.learn.game.pair import discriminator_shape, generator_shape, make_pair
from genai.learn.game.rounds import advance
from tests.learn.game.test_networks import plain

CONFIG = GameConfig(width=16, batch_size=32, penalty=0.02)


def unpack(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def places(text):
    return unpack(text, "<u2").reshape(-1, 2) / 65535 * 3 - 1.5


@pytest.mark.parametrize("loss", ["zero-sum", "non-saturating", "hinge", "wasserstein", "relativistic"])
def test_map_points_and_arrows_are_autograds(loss):
    pair = make_pair(replace(CONFIG, loss=loss))
    advance([pair], 30)
    net = picture.net_state(picture.look(pair), picture.measure(pair))
    generator = plain(generator_shape(pair.config), pair.state.generator)
    discriminator = plain(discriminator_shape(pair.config), pair.state.discriminator)

    chances = torch.sigmoid(discriminator(map_points()))[:, 0].detach().numpy()
    assert np.abs(unpack(net["map"], np.uint8) - 255 * chances).max() <= 0.51

    fake = generator(picture.noise(pair, picture.SHOWN_NOISE, picture.SHOWN)).detach().requires_grad_()
    assert np.abs(places(net["fake"]) - fake.detach().numpy().clip(-1.5, 1.5)).max() < 3e-5

    logits, real = discriminator(fake)[:, 0], discriminator(pair.pool[: picture.SHOWN])[:, 0].detach()
    if loss == "zero-sum":
        value = F.logsigmoid(-logits).mean()
    else:
        value = generator_loss({"non-saturating": "logistic"}.get(loss, loss), [real], [logits])
    (gradient,) = torch.autograd.grad(value, fake)
    arrows = -gradient.numpy() * picture.SHOWN
    drawn = unpack(net["arrows"], np.int8).reshape(-1, 2) / 127 * net["scale"]
    assert np.abs(drawn - arrows[: picture.ARROWS]).max() <= 0.51 / 127 * net["scale"]
    assert net["numbers"]["gradient"] == pytest.approx(np.linalg.norm(arrows, axis=1).mean(), rel=1e-3)
    assert net["numbers"]["loss_g"] == pytest.approx(value.item(), rel=1e-4)
    assert net["numbers"]["d_fake"] == pytest.approx(logits.sigmoid().mean().item(), rel=1e-4)


@pytest.mark.parametrize(("latent_size", "points", "cells"), [(1, 101, 100), (2, 441, 400)])
def test_the_grid_and_its_shading(latent_size, points, cells):
    pair = make_pair(replace(CONFIG, latent_size=latent_size))
    net = picture.net_state(picture.look(pair), picture.measure(pair))
    assert len(places(net["grid"])) == points
    assert len(unpack(net["density"], np.uint8)) == cells


def test_a_regular_grid_is_shaded_by_its_area():
    grid = picture.grid_noise(2)  # -1 to 1: the density is 1/4 everywhere
    assert torch.allclose(picture.shading(grid), torch.tensor(0.25 / (0.25 + picture.DENSE_AREA)))
    assert torch.allclose(picture.shading(grid / 10), torch.tensor(25 / (25 + picture.DENSE_AREA)))
    line = torch.cat([picture.grid_noise(1), torch.zeros(101, 1)], dim=1)
    assert torch.allclose(picture.shading(line), torch.tensor(0.5 / (0.5 + picture.DENSE_LENGTH)))


def test_a_perfect_generator_scores_the_floors(monkeypatch):
    pair = make_pair(CONFIG)
    monkeypatch.setattr(picture, "_generate", lambda pair, z: pair.pool[-len(z) :])
    pair.state.discriminator.zero_()
    numbers = picture.measure(pair).numbers
    assert numbers["js"] == pytest.approx(numbers["js_floor"], rel=1e-6)
    assert numbers["value"] == pytest.approx(-math.log(4), abs=0.01)
    assert numbers["best_value"] == pytest.approx(-math.log(4), abs=0.02)
    assert numbers["progress_to_best"] > 0.5
    assert numbers["wasserstein"] < 0.08
    assert numbers["in_modes"] == pytest.approx(0.99, abs=0.01)


def test_an_exploded_game_is_shown_without_numbers():
    pair = make_pair(CONFIG)
    pair.state.generator.fill_(math.nan)
    pair.state.discriminator.fill_(math.nan)
    net = picture.net_state(picture.look(pair), picture.measure(pair))
    assert net["numbers"]["wasserstein"] is None
    assert net["numbers"]["loss_d"] is None
    assert net["numbers"]["modes"] == 0
