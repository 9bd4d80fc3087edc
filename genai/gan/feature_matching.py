"""Feature matching: to the discriminator, generated items should on average look as real ones of their class do.

A discriminator that is kept smooth hardly minds wrong shares: too many plain bags, each of them a good bag. The
mean of its features over all bags shows them. Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1; here
class by class, and as an unbiased estimate. Several processes compare their own rows each.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def channel_means(maps: Sequence[Tensor]) -> Tensor:
    """Describe items by their feature maps (B, C, ...) of any sizes: float32 (B, F), the mean of every channel.

    What there is counts, and not where: with means of sixteen fields of each map the same training gained nothing.
    """
    return torch.cat([channels.float().flatten(2).mean(dim=2) for channels in maps], dim=1)


def feature_matching_loss(real: Tensor, fake: Tensor, labels: Tensor) -> Tensor:
    """Estimate the squared distance between the means of real and of generated items of a class.

    Args:
        real: (B, F), features of real items; each feature counts in units of its deviation over them.
        fake: (B, F), of generated ones.
        labels: (B,), of both.

    Returns:
        As `unbiased_squared_mean`.
    """
    return unbiased_squared_mean((fake - real) / real.std(dim=0).clamp(min=1e-3), labels)


def unbiased_squared_mean(differences: Tensor, labels: Tensor) -> Tensor:
    """Estimate the square of the mean difference (F,) of a class, without the chance in the differences.

    A difference is that of the means and chance. The products of two of them have the square of the first as their
    mean, and chance drops out. The square of a batch's mean would hold the spread of the items besides, and who
    lowers it makes them all alike.

    Args:
        differences: (B, F), between generated items and real ones.
        labels: (B,), their classes.

    Returns:
        Mean over all pairs of different rows with equal labels, and over features; 0 if there is no such pair.
    """
    alike = (labels[:, None] == labels[None]).fill_diagonal_(False)
    products = differences @ differences.T / differences.shape[1]
    return (products * alike).sum() / alike.sum().clamp(min=1)
