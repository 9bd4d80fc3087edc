"""Feature matching: for each class, the mean features of generated items should equal those of real ones.

A smooth discriminator scores each item by itself, so its logits hardly react to wrong proportions, such as too many
plain bags among good bags. The mean of its features over all bags shows them. Source: Salimans et al. 2016, arXiv
1606.03498, section 3.1; here class by class, and as an unbiased estimate. With several processes, each compares its
own rows.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def channel_means(maps: Sequence[Tensor]) -> Tensor:
    """Return the mean of every channel of feature maps (B, C, ...) of any sizes: float32 (B, F).

    The means discard positions. Means over sixteen fields of each map gave no better training.
    """
    return torch.cat([layer.float().flatten(2).mean(dim=2) for layer in maps], dim=1)


def feature_matching_loss(real: Tensor, fake: Tensor, labels: Tensor) -> Tensor:
    """Estimate the squared distance between the mean features of real and generated items of a class.

    Args:
        real: (B, F), features of real items; distances are in units of their standard deviation.
        fake: (B, F), of generated ones.
        labels: (B,), of both.

    Returns:
        As `unbiased_squared_mean`.
    """
    return unbiased_squared_mean((fake - real) / real.std(dim=0).clamp(min=1e-3), labels)


def unbiased_squared_mean(differences: Tensor, labels: Tensor) -> Tensor:
    """Estimate the square of the mean difference of a class without bias.

    Each row is the difference of the means plus noise. In the mean of products of two independent rows the noise
    cancels, and the square of the difference remains. The square of a batch's mean would also contain the variance
    of the items; a generator that minimised it would make all items alike.

    Args:
        differences: (B, F), between generated items and real ones.
        labels: (B,), their classes.

    Returns:
        Mean over all pairs of different rows with equal labels, and over features; 0 if there is no such pair.
    """
    pairs = (labels[:, None] == labels[None]).fill_diagonal_(False)
    products = differences @ differences.T / differences.shape[1]
    return (products * pairs).sum() / pairs.sum().clamp(min=1)
