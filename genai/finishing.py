"""Finishing: after the game the averaged generator learns on alone, against features that move no more.

In the game a step sees a class by a handful of items, and the discriminator's features change under it: a small
shift of a class's mean is lost in that, and so is a spread a little too small. Once they stand still, both can be
known from many real items, and a step of many generated ones shows the rest. Source: Li et al. 2015, arXiv
1502.02761, who learn from moments alone, without a game; here the first two of each of the discriminator's
features, class by class.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from tqdm import trange

from genai.matching import squared_shift
from genai.randomness import generator as dice
from genai.schedules import linear, set_learning_rate

LEARNING_RATE = 4e-6
"""Small beside the game's: what is left to learn is small beside the noise, and the weights are good."""

Describe = Callable[[Tensor, Tensor], Tensor]
"""From items (B, ...) and labels (B,) to features (B, F)."""


class Real(NamedTuple):
    """Real items of K classes in F features, as far as a finishing needs them.

    Args:
        labels: (N,), one an item.
        means: (K, F), of each class.
        deviation: (F,), over all items.
        spreads: (K, F), mean square of an item's difference from its class's mean, in deviations.
        square_deviation: (F,), of these squares over all items.
    """

    labels: Tensor
    means: Tensor
    deviation: Tensor
    spreads: Tensor
    square_deviation: Tensor


@torch.no_grad()
def measure(describe: Describe, batches: Iterable[tuple[Tensor, Tensor]]) -> Real:
    """Look at real items (B, ...) with labels (B,), batch after batch."""
    seen = [(labels, describe(items, labels)) for items, labels in batches]
    labels, features = (torch.cat(parts) for parts in zip(*seen, strict=True))
    means, deviation = by_class(features, labels), features.std(dim=0).clamp(min=1e-3)
    squares = ((features - means[labels]) / deviation).square()
    return Real(labels, means, deviation, by_class(squares, labels), squares.std(dim=0).clamp(min=1e-3))


def by_class(values: Tensor, labels: Tensor) -> Tensor:
    """Return the means (K, F) of values (N, F) over the items of each label; 0 for one that does not occur."""
    counts = labels.bincount()
    sums = values.new_zeros(len(counts), values.shape[1]).index_add_(0, labels, values)
    return sums / counts.clamp(min=1)[:, None]


def differences(real: Real, features: Tensor, labels: Tensor) -> Tensor:
    """Tell how features (B, F) and their squares differ from what is usual in their class: (B, 2F).

    Both count in units of their deviation; of real items, the mean of each class is 0.
    """
    shifts = (features - real.means[labels]) / real.deviation
    return torch.cat([shifts, (shifts.square() - real.spreads[labels]) / real.square_deviation], dim=1)


def finish(
    generator: nn.Module,
    describe: Describe,
    real: Real,
    shape: tuple[int, int],
    *,
    steps: int,
    seed: int,
    show: bool,
) -> None:
    """Bring the means and spreads of generated items' features to those of real ones, class by class.

    Args:
        generator: (z (B, Z), labels (B,)) -> items; learns, and is left in training mode.
        describe: By a discriminator whose weights ask for no gradient.
        real: What was measured of real items; generated ones get labels as they occur there.
        shape: Of the noise of a step, (B, Z).
        steps: How many.
        seed: Of the noise and the labels.
        show: Whether a bar shows the progress.
    """
    optimiser = torch.optim.Adam(generator.parameters(), betas=(0.9, 0.99), foreach=True)
    generator.train()
    for step in trange(steps, desc="finishing", unit="step", disable=not show, dynamic_ncols=True):
        set_learning_rate(optimiser, LEARNING_RATE * linear(step / steps))
        rng = dice(seed, 5, step)
        labels = real.labels[torch.randint(len(real.labels), shape[:1], generator=rng).to(real.labels.device)]
        z = torch.randn(shape, generator=rng).to(labels.device)
        made = differences(real, describe(generator(z, labels), labels), labels)
        optimiser.zero_grad()
        torch.autograd.backward(squared_shift(made, labels))
        optimiser.step()
