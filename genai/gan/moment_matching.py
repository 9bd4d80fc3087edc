"""Moment matching: after adversarial training, train the averaged generator alone, against fixed features.

In adversarial training a step has a handful of items of each class, and the discriminator's features keep changing:
a small error of a class's mean or variance is lost in the noise. Once the features are fixed, the moments can be
measured on many real items and compared with those of many generated ones in each step. Source: Li et al. 2015,
arXiv 1502.02761, who train on moments alone; here on the means of classes and the covariance within them, weighted
as in the Fréchet distance (Heusel et al. 2017, arXiv 1706.08500), in the discriminator's features.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from tqdm import trange

from genai.gan.feature_matching import unbiased_squared_mean
from genai.seeds import make_rng
from genai.training.schedules import linear, set_learning_rate

LEARNING_RATE = 4e-6
"""Far below that of adversarial training: the remaining error is small beside the noise of a step."""
MIN_VARIANCE = 1e-3
"""Lower bound of the variance along each axis, in squared standard deviations: less would amplify rounding."""

FeatureFn = Callable[[Tensor, Tensor], Tensor]
"""From items (B, ...) and labels (B,) to features (B, F)."""


class RealMoments(NamedTuple):
    """Moments of F features of real items of K classes.

    Args:
        labels: (N,), of each item.
        means: (K, F), of each class.
        deviation: (F,), the standard deviation over all items.
        covariance: (F, F), within the classes, in units of the deviation.
    """

    labels: Tensor
    means: Tensor
    deviation: Tensor
    covariance: Tensor

    def shifts(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return features (B, F) minus the means of their classes, in units of the deviation: (B, F)."""
        return (features - self.means[labels]) / self.deviation


@torch.no_grad()
def measure_moments(features_of: FeatureFn, batches: Iterable[tuple[Tensor, Tensor]]) -> RealMoments:
    """Measure the moments of real items (B, ...) with labels (B,), batch by batch."""
    label_batches = []
    feature_batches = []
    for batch_items, batch_labels in batches:
        label_batches.append(batch_labels)
        feature_batches.append(features_of(batch_items, batch_labels))
    labels = torch.cat(label_batches)
    features = torch.cat(feature_batches)
    counts = labels.bincount()
    sums = features.new_zeros(len(counts), features.shape[1]).index_add_(0, labels, features)
    means = sums / counts.clamp(min=1)[:, None]
    deviation = features.std(dim=0).clamp(min=1e-3)
    shifts = (features - means[labels]) / deviation
    return RealMoments(labels, means, deviation, shifts.T @ shifts / len(shifts))


class CovarianceDistance:
    """Distance of the covariance of generated items from that of real ones.

    To second order, the squared Fréchet distance of covariances C and C + D is the sum of D_ij^2 / 2 (l_i + l_j)
    along the principal axes of C, whose variances are l. The sum of D_ij^2 / 4 sqrt(l_i l_j) is the same where C
    and D share their axes, else larger. It is a quarter of the squared norm of C^(-1/4) D C^(-1/4), which can be
    estimated by a mean over pairs of items.

    Args:
        covariance: C, (F, F).
    """

    def __init__(self, covariance: Tensor) -> None:
        exact = covariance.cpu().double()  # not every device has float64
        variances, axes = torch.linalg.eigh(exact)
        whitening = (axes * variances.clamp(min=MIN_VARIANCE).pow(-0.25)) @ axes.T  # C^(-1/4)
        self._whitening = whitening.to(covariance)
        self._real = (whitening @ exact @ whitening).to(covariance)

    def distance(self, shifts: Tensor) -> Tensor:
        """Estimate the distance, divided by F, from B generated items.

        As in `unbiased_squared_mean`, only products of two different items are used, in which the sampling noise
        cancels.

        Args:
            shifts: (B, F), the items' features minus the means of their classes.

        Returns:
            A scalar, 0 on average if the covariance is the real one; a single estimate may be negative.
        """
        rows = shifts @ self._whitening
        squares = (rows @ rows.T).square()
        count = len(rows)
        fake_fake = (squares.sum() - squares.diagonal().sum()) / (count * (count - 1))
        fake_real = ((rows @ self._real) * rows).sum(dim=1).mean()
        squared: Tensor = fake_fake - 2 * fake_real + self._real.square().sum()
        return squared / (4 * shifts.shape[1])


def match_moments(
    generator: nn.Module,
    features_of: FeatureFn,
    real: RealMoments,
    shape: tuple[int, int],
    *,
    steps: int,
    seed: int,
    show: bool,
) -> None:
    """Train a generator to make items whose features have the class means and the covariance of real ones.

    Args:
        generator: (z (B, Z), labels (B,)) -> items; is trained, and left in training mode.
        features_of: Features of items, by a discriminator whose weights require no gradient.
        real: Moments of the real items; the generated ones get labels drawn from theirs.
        shape: Of the noise of a step, (B, Z).
        steps: Number of steps.
        seed: Of the noise and the labels.
        show: Whether to show a progress bar.
    """
    covariance = CovarianceDistance(real.covariance)
    optimiser = torch.optim.Adam(generator.parameters(), betas=(0.9, 0.99), foreach=True)
    generator.train()
    for step in trange(steps, desc="finishing", unit="step", disable=not show, dynamic_ncols=True):
        set_learning_rate(optimiser, LEARNING_RATE * linear(step / steps))
        rng = make_rng(seed, 5, step)
        rows = torch.randint(len(real.labels), shape[:1], generator=rng)
        labels = real.labels[rows.to(real.labels.device)]
        z = torch.randn(shape, generator=rng).to(labels.device)
        features = features_of(generator(z, labels), labels)
        shifts = real.shifts(features, labels)
        optimiser.zero_grad()
        torch.autograd.backward(unbiased_squared_mean(shifts, labels) + covariance.distance(shifts))
        optimiser.step()
