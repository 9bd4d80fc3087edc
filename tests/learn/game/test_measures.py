"""Distances and the best reply against closed forms."""

import math

import pytest
import torch

from genai.learn.game import measures
from genai.learn.game.distributions import Distribution, distribution
from genai.seeds import make_rng


def normal(count, seed, middle=(0.0, 0.0), sd=0.3):
    return torch.tensor(middle) + sd * torch.randn(count, 2, generator=make_rng(seed))


def test_the_distance_of_shifted_gaussians():
    """On a line at angle a the distance is |d cos a|; the mean of its square is |d|^2 / 2."""
    points = normal(1024, 0)
    shifted = points + torch.tensor([0.6, 0.8])
    distance = measures.sliced_wasserstein(measures.projections(points), measures.projections(shifted))
    assert distance == pytest.approx(1 / math.sqrt(2), rel=1e-4)
    other = normal(1024, 1, (0.6, 0.8))  # other points of the shifted Gaussian: the same but for chance
    distance = measures.sliced_wasserstein(measures.projections(points), measures.projections(other))
    assert distance == pytest.approx(1 / math.sqrt(2), rel=0.03)
    assert measures.sliced_wasserstein(measures.projections(points), measures.projections(points)) == 0


def test_jensen_shannon_from_equal_to_disjoint():
    source = distribution("ring")
    sets = [source.sample(measures.EVALUATED, make_rng(seed)) for seed in range(4)]
    floor = measures.jensen_shannon(sets[0], sets[1])
    assert 0 < floor < 0.03
    assert measures.jensen_shannon(sets[2], sets[3]) == pytest.approx(floor, rel=0.25)  # equal sets score the floor
    assert measures.jensen_shannon(sets[0], sets[0]) == 0
    left, right = normal(4096, 0, (-0.9, 0), 0.05), normal(4096, 1, (0.9, 0), 0.05)
    assert measures.jensen_shannon(left, right) == pytest.approx(math.log(2))
    outside = left + 100
    assert measures.jensen_shannon(left, outside) == pytest.approx(math.log(2))
    assert measures.jensen_shannon(outside, outside * math.nan) == pytest.approx(0)


def test_the_divergence_is_never_negative_whatever_the_number_of_points():
    source = distribution("blobs")
    for count in (10, 300, 4096, 20_000):
        fewer = source.sample(count, make_rng(count))
        assert 0 <= measures.jensen_shannon(fewer, source.sample(4096, make_rng(1))) <= math.log(2)


def test_the_kernel_estimate_and_the_best_reply_of_two_gaussians():
    """Of N(0, 0.3^2) and N(m, 0.3^2) the best reply is sigma(-(m x - |m|^2 / 2) / 0.3^2)."""
    middle = torch.tensor([0.3, 0.15])
    fake = normal(measures.EVALUATED, 0, tuple(middle.tolist()))
    source = Distribution(torch.zeros(1, 2), 0.3, torch.zeros(1, dtype=torch.int64))
    real_density, fake_density = measures.real_density(source), measures.kernel_density(fake)
    places = measures.map_points()
    exact = Distribution(middle[None], 0.3, source.mode_of).density(places, measures.BANDWIDTH)
    assert (fake_density - exact).abs().max() < 0.1 * exact.max()
    found = measures.best_reply(real_density, fake_density)
    expected = torch.sigmoid(-(places @ middle - middle.square().sum() / 2) / 0.3**2)
    dense = source.density(places) + Distribution(middle[None], 0.3, source.mode_of).density(places) > 0.1
    assert (found - expected).abs()[dense].max() < 0.15
    assert (found - expected).abs()[dense].mean() < 0.025


def test_the_kernel_estimate_is_the_sum_over_points():
    points = normal(50, 3)
    places = measures.map_points()
    squares = (places[:, None] - points).square().sum(dim=2)
    width = measures.BANDWIDTH
    expected = torch.exp(squares / (-2 * width**2)).mean(dim=1) / (2 * math.pi * width**2)
    torch.testing.assert_close(measures.kernel_density(points), expected, rtol=1e-4, atol=1e-5)


def test_the_value_at_equilibrium():
    source = distribution("ring")
    real, fake = source.sample(4096, make_rng(0)), source.sample(4096, make_rng(1))
    best = measures.best_reply(measures.real_density(source), measures.kernel_density(fake))
    none = torch.zeros(4096)
    value = measures.game_value(none, none, best, real, fake)
    assert value.value == pytest.approx(-math.log(4))
    assert value.best == pytest.approx(-math.log(4), abs=0.02)
    assert value.progress > 0.5


def test_the_value_of_the_best_reply_is_that_of_two_gaussians():
    """Against E log D* + E log(1 - D*) with D* in closed form, at the same points."""
    source = Distribution(torch.zeros(1, 2), 0.3, torch.zeros(1, dtype=torch.int64))
    middle = torch.tensor([0.4, 0.0])
    real, fake = normal(4096, 0), normal(4096, 1, (0.4, 0.0))
    exact_real, exact_fake = (-(points @ middle - 0.08) / 0.3**2 for points in (real, fake))
    best = measures.best_reply(measures.real_density(source), measures.kernel_density(fake))
    value = measures.game_value(exact_real, exact_fake, best, real, fake)
    assert value.best == pytest.approx(value.value, abs=0.02)
    assert value.progress > 0.95
    half = measures.game_value(torch.zeros(4096), torch.zeros(4096), best, real, fake)
    assert half.progress < 0.1
    worse = measures.game_value(-exact_real, -exact_fake, best, real, fake)
    assert worse.progress == 0
    for seed in range(5):  # no other discriminator is better
        noise = torch.randn(2, 4096, generator=make_rng(seed))
        other = measures.game_value(exact_real + noise[0], exact_fake + noise[1], best, real, fake)
        assert other.value < value.best


def test_generated_points_outside_the_map_are_known_to_be_generated():
    source = distribution("ring")
    real, fake = source.sample(4096, make_rng(0)), torch.full((4096, 2), 9.0)
    best = measures.best_reply(measures.real_density(source), measures.kernel_density(fake))
    value = measures.game_value(torch.full((4096,), 50.0), torch.full((4096,), 2.0), best, real, fake)
    assert value.best == pytest.approx(0, abs=0.01)
    assert value.value == pytest.approx(-math.log1p(math.exp(2)), abs=1e-3)


def test_the_map_is_interpolated_linearly():
    places = measures.map_points()
    points = torch.tensor([[0.1, 0.2], [-1.2, 1.05], [0.0375, -0.0375]])
    found = measures.interpolated(2 * places[:, 0] - places[:, 1], points)
    torch.testing.assert_close(found, 2 * points[:, 0] - points[:, 1], rtol=1e-4, atol=1e-5)


def test_modes():
    source = distribution("blobs")
    real = source.sample(1024, make_rng(0))
    modes = measures.count_modes(source, real)
    assert modes.found == 8
    assert modes.inside == pytest.approx(1 - math.exp(-4.5), abs=0.01)  # within 3 sd in two dimensions
    assert measures.count_modes(source, source.centres[:3].repeat(300, 1)).found == 3
    assert measures.count_modes(source, torch.full((1024, 2), 9.0)) == measures.Modes(0, 0.0)
