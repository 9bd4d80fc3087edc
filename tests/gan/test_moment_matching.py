"""Moment matching against closed forms and the Fréchet distance."""

import pytest
import torch
from torch import nn

from genai.gan import moment_matching
from genai.gan.moment_matching import CovarianceDistance, RealMoments, match_moments, measure_moments
from genai.quality.distances import frechet_distance

MEANS = torch.tensor([[1.0, -2.0], [0.5, 3.0], [-1.0, 0.0]])
MIXING = torch.tensor([[1.0, 0.6], [0.0, 0.5]])
C = torch.tensor([[2.0, 0.5, 0.0], [0.5, 1.0, -0.2], [0.0, -0.2, 0.3]])


class Mixed(nn.Module):
    """Noise around a mean for each class, mixed by a matrix for all."""

    def __init__(self):
        super().__init__()
        self.means = nn.Embedding.from_pretrained(MEANS.clone(), freeze=False)
        self.mixing = nn.Parameter(torch.eye(2))

    def forward(self, z, labels):
        return self.means(labels) + z @ self.mixing


def unchanged(items, labels):
    return items


def batches(shift=0.0):
    rng = torch.Generator().manual_seed(0)
    for _ in range(50):
        labels = torch.randint(3, (64,), generator=rng)
        yield MEANS[labels] + shift + torch.randn(64, 2, generator=rng) @ MIXING, labels


def items_of(covariance, count=500, seed=0):
    """Rows with exactly this covariance and no mean."""
    rows = torch.randn(count, len(covariance), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    rows = rows - rows.mean(dim=0)
    rows = rows @ torch.linalg.inv(torch.linalg.cholesky(rows.T @ rows / count)).T
    return rows @ torch.linalg.cholesky(covariance.double()).T


def power(matrix, exponent):
    variances, axes = torch.linalg.eigh(matrix.double())
    return (axes * variances**exponent) @ axes.T


def bound(covariance, other):
    """The closed form of what `CovarianceDistance` estimates."""
    half = power(covariance, -0.25)
    return float((half @ (other - covariance).double() @ half).square().sum()) / 4 / len(covariance)


def test_the_moments_are_the_means_of_classes_deviations_and_the_covariance_within_classes():
    real = measure_moments(unchanged, batches())
    items, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    assert torch.equal(real.labels, labels)
    within = items.clone()
    for number in range(3):
        torch.testing.assert_close(real.means[number], items[labels == number].mean(dim=0))
        within[labels == number] -= items[labels == number].mean(dim=0)
    torch.testing.assert_close(real.deviation, items.std(dim=0))
    torch.testing.assert_close(real.covariance, (within / items.std(dim=0)).T.cov(correction=0))
    torch.testing.assert_close(real.shifts(items, labels), within / items.std(dim=0))


def test_a_class_without_items_and_a_constant_feature_give_finite_moments():
    real = measure_moments(unchanged, [(torch.ones(4, 2), torch.tensor([0, 2, 0, 2]))])
    assert real.means.isfinite().all()
    assert real.means.shape == (3, 2)
    assert CovarianceDistance(real.covariance).distance(torch.randn(8, 2)).isfinite()


@pytest.mark.parametrize(
    "factor",
    [
        torch.eye(3),
        torch.diag(torch.tensor([1.4, 0.8, 1.0])),
        torch.tensor([[1.0, 0.3, 0.0], [-0.2, 0.9, 0.1], [0.0, 0.4, 1.2]]),
    ],
)
def test_the_distance_is_on_average_that_of_the_covariances(factor):
    mixing = torch.linalg.cholesky(C).T @ factor
    rng = torch.Generator().manual_seed(0)
    covariance = CovarianceDistance(C)
    estimates = torch.stack([covariance.distance(torch.randn(64, 3, generator=rng) @ mixing) for _ in range(4000)])
    error = float(estimates.std()) / len(estimates) ** 0.5
    assert abs(float(estimates.mean()) - bound(C, mixing.T @ mixing)) < 4 * error
    assert error < 0.01


def test_it_is_the_frechet_distance_of_covariances_a_little_apart():
    step = 0.02
    along = C + step * power(C, 0.7).float()  # the same axes
    across = C + step * torch.tensor([[1.0, -1.0, 0.5], [-1.0, 0.0, 0.3], [0.5, 0.3, -0.2]])
    for other, slack in ((along, 1.03), (across, 1.5)):
        true = frechet_distance(items_of(C), items_of(other)) / 3
        assert 0.97 * true < bound(C, other) < slack * true


def test_means_and_covariance_move_to_the_real_ones(monkeypatch):
    monkeypatch.setattr(moment_matching, "LEARNING_RATE", 2e-2)
    shift = torch.tensor([0.4, -0.3])
    real, generator = measure_moments(unchanged, batches(shift)), Mixed()
    match_moments(generator, unchanged, real, shape=(512, 2), steps=300, seed=0, show=False)
    moved = generator.means.weight.detach() - MEANS
    assert (moved - shift).abs().max() < 0.15  # 1,000 items a class are measured: 0.05 of chance
    assert (moved - shift).norm() < 0.25 * shift.norm() * 3**0.5
    mixing = generator.mixing.detach()
    covariance = MIXING.T @ MIXING
    assert (mixing.T @ mixing - covariance).abs().max() < 0.1 < (torch.eye(2) - covariance).abs().max() / 4


def test_the_same_seed_gives_the_same_weights_and_labels_come_as_in_the_data():
    def run(seed):
        label_batches = []
        generator = Mixed()
        generator.register_forward_hook(lambda _, inputs, __: label_batches.append(inputs[1]))
        real = RealMoments(torch.tensor([0, 0, 0, 2]), MEANS, torch.ones(2), torch.eye(2))
        match_moments(generator, unchanged, real, shape=(512, 2), steps=8, seed=seed, show=False)
        return generator.means.weight.detach(), torch.cat(label_batches).bincount(minlength=3)

    (first, labels), (again, _), (other, _) = run(0), run(0), run(1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert labels[1] == 0
    assert abs(labels[0] / labels.sum() - 0.75) < 0.03
