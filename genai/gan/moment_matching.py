"""Finishing: after the game the averaged generator learns on alone, against features that move no more.

In the game a step sees a class by a handful of items, and the discriminator's features change under it: a small
shift of a class's mean is lost in that, and so are spreads a little too small. Once they stand still, both can be
known from many real items, and a step of many generated ones shows the rest. Source: Li et al. 2015, arXiv
1502.02761, who learn from moments alone, without a game; here the means of classes and the covariance within them,
weighed as the Fréchet distance weighs them (Heusel et al. 2017, arXiv 1706.08500), in the discriminator's features.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from tqdm import trange

from genai.gan.feature_matching import unbiased_squared_mean
from genai.seeds import make_rng as dice
from genai.training.schedules import linear, set_learning_rate

LEARNING_RATE = 4e-6
"""Small beside the game's: what is left to learn is small beside the noise, and the weights are good."""
LEAST = 1e-3
"""Variance, in squared deviations, that every direction counts as having: less would blow up rounding."""

FeatureFn = Callable[[Tensor, Tensor], Tensor]
"""From items (B, ...) and labels (B,) to features (B, F)."""


class RealMoments(NamedTuple):
    """Real items of K classes in F features, as far as a finishing needs them.

    Args:
        labels: (N,), one an item.
        means: (K, F), of each class.
        deviation: (F,), over all items.
        covariance: (F, F), of the items' differences from the mean of their class, in deviations.
    """

    labels: Tensor
    means: Tensor
    deviation: Tensor
    covariance: Tensor

    def shifts(self, features: Tensor, labels: Tensor) -> Tensor:
        """Tell how features (B, F) differ from the means of their classes, in deviations: (B, F)."""
        return (features - self.means[labels]) / self.deviation


@torch.no_grad()
def measure_moments(describe: FeatureFn, batches: Iterable[tuple[Tensor, Tensor]]) -> RealMoments:
    """Look at real items (B, ...) with labels (B,), batch after batch."""
    seen = [(labels, describe(items, labels)) for items, labels in batches]
    labels, features = (torch.cat(parts) for parts in zip(*seen, strict=True))
    counts = labels.bincount()
    sums = features.new_zeros(len(counts), features.shape[1]).index_add_(0, labels, features)
    means, deviation = sums / counts.clamp(min=1)[:, None], features.std(dim=0).clamp(min=1e-3)
    shifts = (features - means[labels]) / deviation
    return RealMoments(labels, means, deviation, shifts.T @ shifts / len(shifts))


class CovarianceDistance:
    """How far the covariance of generated items is from a real one.

    To second order, the squared Fréchet distance of covariances C and C + D is the sum of D_ij^2 / 2 (l_i + l_j)
    along the axes of C, whose variances are l. The sum of D_ij^2 / 4 sqrt(l_i l_j) is the same where C and D share
    their axes, else more. It is a quarter of the squared norm of C^(-1/4) D C^(-1/4), and so a mean over pairs.

    Args:
        covariance: C, (F, F).
    """

    def __init__(self, covariance: Tensor) -> None:
        exact = covariance.cpu().double()  # which not every device knows
        variances, axes = torch.linalg.eigh(exact)
        half = (axes * variances.clamp(min=LEAST).pow(-0.25)) @ axes.T  # C^(-1/4)
        self._half, self._real = half.to(covariance), (half @ exact @ half).to(covariance)

    def distance(self, shifts: Tensor) -> Tensor:
        """Estimate it, divided by F, from B generated items.

        As in `unbiased_squared_mean`, only products of two different items count: sampling noise cancels in them.

        Args:
            shifts: (B, F), of the items from the means of their classes.

        Returns:
            A number, 0 on average where the covariance is the real one; a single estimate may be below 0.
        """
        rows = shifts @ self._half
        squares = (rows @ rows.T).square()
        count = len(rows)
        own = (squares.sum() - squares.diagonal().sum()) / (count * (count - 1))
        both = ((rows @ self._real) * rows).sum(dim=1).mean()
        squared: Tensor = own - 2 * both + self._real.square().sum()
        return squared / (4 * shifts.shape[1])


def match_moments(
    generator: nn.Module,
    describe: FeatureFn,
    real: RealMoments,
    shape: tuple[int, int],
    *,
    steps: int,
    seed: int,
    show: bool,
) -> None:
    """Bring the class means and the covariance of generated items' features to those of real ones.

    Args:
        generator: (z (B, Z), labels (B,)) -> items; learns, and is left in training mode.
        describe: By a discriminator whose weights ask for no gradient.
        real: What was measured of real items; generated ones get labels as they occur there.
        shape: Of the noise of a step, (B, Z).
        steps: How many.
        seed: Of the noise and the labels.
        show: Whether a bar shows the progress.
    """
    spread = CovarianceDistance(real.covariance)
    optimiser = torch.optim.Adam(generator.parameters(), betas=(0.9, 0.99), foreach=True)
    generator.train()
    for step in trange(steps, desc="finishing", unit="step", disable=not show, dynamic_ncols=True):
        set_learning_rate(optimiser, LEARNING_RATE * linear(step / steps))
        rng = dice(seed, 5, step)
        labels = real.labels[torch.randint(len(real.labels), shape[:1], generator=rng).to(real.labels.device)]
        z = torch.randn(shape, generator=rng).to(labels.device)
        shifts = real.shifts(describe(generator(z, labels), labels), labels)
        optimiser.zero_grad()
        torch.autograd.backward(unbiased_squared_mean(shifts, labels) + spread.distance(shifts))
        optimiser.step()
