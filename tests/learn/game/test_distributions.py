"""Where the real points lie: their density against their own samples."""

import pytest
import torch

from genai.learn.game.distributions import distribution
from genai.learn.game.measures import CELL, map_points
from genai.seeds import make_rng

NAMES = ("ring", "moons", "spiral", "blobs", "person")
DRAWN = tuple((x / 20, 0.3) for x in range(-15, 15))


@pytest.mark.parametrize("name", [*NAMES, "drawn"])
def test_the_density_is_one_in_all_and_agrees_with_samples(name):
    source = distribution(name, DRAWN if name == "drawn" else ())
    fine = torch.linspace(-1.5, 1.5, 301)
    y, x = torch.meshgrid(fine, fine, indexing="ij")
    density = source.density(torch.stack([x, y], dim=2))
    assert float(density.sum() * 0.01**2) == pytest.approx(1, abs=0.01)

    samples = source.sample(40_000, make_rng(0))
    upper_right = ((samples > 0.1).all(dim=1)).float().mean()
    assert float(upper_right) == pytest.approx(float(density[(x > 0.1) & (y > 0.1)].sum() * 0.01**2), abs=0.015)


def test_the_smoothed_density_is_that_of_samples_with_noise():
    source = distribution("blobs")
    noisy = source.sample(200_000, make_rng(1)) + CELL * torch.randn(200_000, 2, generator=make_rng(2))
    at = map_points()
    for place in (20 * 40 + 33, 30 * 40 + 30):
        near = (noisy - at[place]).abs().max(dim=1).values < CELL / 2
        expected = float(near.float().mean() / CELL**2)
        assert float(source.density(at[place], CELL)) == pytest.approx(expected, rel=0.15, abs=0.02)


def test_modes_and_bounds():
    assert [distribution(name).modes for name in NAMES] == [1, 2, 1, 8, 1]
    for name in NAMES:
        assert distribution(name).centres.abs().max() <= 1.35
