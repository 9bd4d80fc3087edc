"""The influence of a component, where it is known."""

import pytest
import torch

from genai.latent.influence import measure_influence


def noise(count, size, seed=0):
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed))


def test_of_a_linear_generator_it_is_the_squared_length_of_a_column():
    weights = noise(30, 8) * torch.arange(1, 9)  # (D, Z)
    influence = measure_influence(lambda z: z @ weights.T + 3, noise(2, 8, 1), noise(20_000, 8, 2))
    expected = weights.square().sum(dim=0) / weights.square().sum()
    torch.testing.assert_close(influence.shares, expected, rtol=0.03, atol=0)
    assert influence.shares.sum() == pytest.approx(1, abs=0.03)
    assert influence.count == 2 * 3 * 8 + 20_000


def test_of_a_square_it_is_exact_too():
    """Var z^2 = 2 and Var z = 1, so that z_0^2 + z_1 has the variances 2 and 1, and z_2 does nothing."""
    influence = measure_influence(lambda z: z[:, :1].square() + z[:, 1:2], noise(1, 3), noise(100_000, 3, 1))
    torch.testing.assert_close(influence.shares, torch.tensor([2 / 3, 1 / 3, 0]), rtol=0.03, atol=1e-6)


def test_components_that_act_together_count_twice():
    """The variance of z_0 z_1 is 1; with one of them fixed it is that one squared, 1 on average: twice in all."""
    influence = measure_influence(lambda z: z[:, :1] * z[:, 1:], noise(4000, 2), noise(100_000, 2, 1))
    torch.testing.assert_close(influence.shares, torch.ones(2), rtol=0.1, atol=0)


def test_a_generator_that_makes_always_the_same_has_none():
    influence = measure_influence(lambda z: torch.ones(len(z), 5), noise(2, 4), noise(8, 4))
    assert influence.shares.tolist() == [0, 0, 0, 0]
