"""Distances between sets of features, against closed forms."""

import math

import pytest
import torch

from genai.quality.distances import (
    density_and_coverage,
    frechet_distance,
    inception_score,
    kernel_distance,
    mean_pairwise_distance,
    nearest,
)
from genai.seeds import make_rng


def _normal(count, size, stream=0):
    return torch.randn(count, size, generator=make_rng(0, stream), dtype=torch.float64)


def test_with_equal_covariances_the_frechet_distance_is_the_squared_mean_distance():
    x, offset = _normal(200, 6), torch.arange(6.0)
    assert frechet_distance(x, x + offset) == pytest.approx(offset.square().sum().item(), rel=1e-6)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-6)


def test_of_a_set_twice_as_wide_the_frechet_distance_is_the_variance():
    """Tr(S + 4S - 2 sqrt(4 S S)) = Tr S, the means being equal."""
    x = _normal(300, 4)
    x = x - x.mean(dim=0)
    assert frechet_distance(x, 2 * x) == pytest.approx(x.T.cov().trace().item(), rel=1e-6)


def test_the_kernel_distance_of_points_is_that_of_its_definition():
    x, y = _normal(5, 3), _normal(5, 3, 1) + 2

    def kernel(a, b):
        return (a @ b.T / 3 + 1) ** 3

    off = ~torch.eye(5, dtype=torch.bool)
    expected = kernel(x, x)[off].mean() + kernel(y, y)[off].mean() - 2 * kernel(x, y).mean()
    assert kernel_distance(x, y) == pytest.approx(expected.item(), rel=1e-6)


def test_the_nearest_ones_are_found_in_order():
    neighbours = nearest(torch.tensor([[0.0], [9.0]]), torch.tensor([[5.0], [1.0], [8.0]]), 2)
    assert neighbours.rows.tolist() == [[1, 0], [2, 0]]
    assert neighbours.distances.tolist() == [[1, 5], [1, 4]]


def test_the_same_distribution_is_dense_and_covered():
    density, coverage = density_and_coverage(_normal(1500, 4), _normal(1500, 4, 1))
    assert density == pytest.approx(1, abs=0.06)
    assert coverage == pytest.approx(1 - 0.5**5, abs=0.02)  # a random item falls short of 5 with one half each


def test_a_generator_that_knows_one_of_two_modes_covers_half():
    real = torch.cat([_normal(500, 2), _normal(500, 2, 1) + 100])
    density, coverage = density_and_coverage(real, _normal(1000, 2, 2))
    assert density == pytest.approx(1, abs=0.2)
    assert coverage == pytest.approx(0.5, abs=0.03)
    assert density_and_coverage(real, real + 1e6) == (0, 0)


def test_the_spread_of_two_points_is_their_distance():
    assert mean_pairwise_distance(torch.tensor([[0.0, 0.0], [3.0, 4.0]])) == 5
    assert mean_pairwise_distance(torch.ones(9, 3)) == 0


def test_the_inception_score_goes_from_one_to_the_number_of_classes():
    assert inception_score(torch.eye(10).repeat(3, 1)) == pytest.approx(10, rel=1e-6)
    assert inception_score(torch.full((30, 10), 0.1)) == pytest.approx(1, rel=1e-6)
    half = torch.tensor([[0.5, 0.5], [1.0, 0.0]])
    marginal = torch.tensor([0.75, 0.25])
    divergences = [(p * (p / marginal).log()).nan_to_num().sum().item() for p in half]
    assert inception_score(half) == pytest.approx(math.exp(sum(divergences) / 2), rel=1e-6)
