"""Finishing: after the game the averaged generator learns on alone, against features that move no more.

In the game a step sees a class by a handful of items, and the discriminator's features change under it: a small
shift of a class's mean is lost in that. Once they stand still, the real means can be known from many items, and a
step of many generated ones shows the rest. Source: Li et al. 2015, arXiv 1502.02761, who learn from moments alone,
without a game; here only first moments, class by class, of the discriminator's features.
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
    """Real items: labels (N,), mean features (K, F) of each of K classes, deviation (F,) over all items."""

    labels: Tensor
    means: Tensor
    deviation: Tensor


@torch.no_grad()
def measure(describe: Describe, batches: Iterable[tuple[Tensor, Tensor]]) -> Real:
    """Look at real items (B, ...) with labels (B,), batch after batch."""
    seen = [(labels, describe(items, labels)) for items, labels in batches]
    labels, features = (torch.cat(parts) for parts in zip(*seen, strict=True))
    counts = labels.bincount()
    sums = features.new_zeros(len(counts), features.shape[1]).index_add_(0, labels, features)
    return Real(labels, sums / counts.clamp(min=1)[:, None], features.std(dim=0).clamp(min=1e-3))


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
    """Bring the mean features of generated items to those of real ones, class by class.

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
        shift = (describe(generator(z, labels), labels) - real.means[labels]) / real.deviation
        optimiser.zero_grad()
        torch.autograd.backward(squared_shift(shift, labels))
        optimiser.step()
