"""Attribute matching: each value of an attribute should be as frequent in generated items as in real ones.

What a generator leaves out, such as grey hair, is rare and hardly changes the mean features of a batch. A
discriminator that learns to name the attributes of real items sees what each generated item has. Of a batch of
generated items, those that come nearest to a missing value are then to have it: as many as the data has of the
same labels. The assignment is that of Asano et al. 2020 (arXiv 1911.05371), by the algorithm of Sinkhorn and Knopp
(1967).

The difference of the mean probabilities alone would be no loss to train by: of an item that clearly has another
value, the probability of the missing one has no gradient.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

SHARPNESS = 2  # power of the probabilities: few items get a missing value, rather than all a little of it
ITERATIONS = 20


def attribute_loss(logits: Sequence[Tensor], values: Tensor) -> Tensor:
    """Return the cross-entropy of the attributes of items, the mean over items and attributes, in nats.

    Args:
        logits: (B, V) for each of A attributes, of its V values.
        values: (B, A), the true values.
    """
    columns = zip(logits, values.unbind(dim=1), strict=True)
    return torch.stack([F.cross_entropy(one.float(), column) for one, column in columns]).mean()


def shares_by_condition(conditions: Tensor, values: Tensor, sizes: Sequence[int]) -> list[Tensor]:
    """Return how often real items of a condition have each value.

    Args:
        conditions: (N,), of the training part, numbers from 0.
        values: (N, A), of its attributes.
        sizes: The number of values of each attribute.

    Returns:
        (C, V) for each attribute: for each condition up to the largest the shares of the V values, 0 without items.
    """
    count = int(conditions.max()) + 1
    result = []
    for column, size in zip(values.unbind(dim=1), sizes, strict=True):
        counts = torch.bincount(conditions * size + column, minlength=count * size).view(count, size)
        result.append(counts / counts.sum(dim=1, keepdim=True).clamp(min=1))
    return result


def assign_values(probabilities: Tensor, shares: Tensor) -> Tensor:
    """Assign values to items, so that each is as frequent among them as in the data and items change little.

    Args:
        probabilities: (B, V), of the values of each item, as a discriminator sees it.
        shares: (B, V), of the values in real items with the item's labels; a value with share 0 is not assigned.

    Returns:
        (B, V), the wanted probabilities: rows sum to 1, columns to those of the shares, nearly.
    """
    wanted = shares.sum(dim=0)
    least = torch.finfo(probabilities.dtype).tiny
    result = probabilities.clamp(min=1e-6) ** SHARPNESS * (shares > 0)
    for _ in range(ITERATIONS):
        result = result * wanted / result.sum(dim=0).clamp(min=least)
        result = result / result.sum(dim=1, keepdim=True).clamp(min=least)
    return result


def attribute_matching_loss(logits: Sequence[Tensor], shares: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the generator's loss, and how far the shares of the values in its items are from those in real ones.

    Args:
        logits: (B, V) for each of A attributes, of generated items.
        shares: (B, V) for each, as in `assign_values`.

    Returns:
        The cross-entropy of the assigned values less their entropy, in nats, which is 0 for items that have them;
        and the total variation, 0 to 1, between the mean probabilities and the mean shares. Both are means over
        attributes.
    """
    losses = []
    distances = []
    for one, share in zip(logits, shares, strict=True):
        log_probabilities = one.float().log_softmax(dim=1)
        probabilities = log_probabilities.detach().exp()
        targets = assign_values(probabilities, share)
        losses.append(F.kl_div(log_probabilities, targets, reduction="batchmean"))
        distances.append((probabilities.mean(dim=0) - share.mean(dim=0)).abs().sum() / 2)
    return torch.stack(losses).mean(), torch.stack(distances).mean()
