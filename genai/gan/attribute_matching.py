"""Attribute matching: each value of an attribute should be as frequent in generated items as in real ones.

What a generator leaves out, such as grey hair, is rare and hardly changes the mean features of a batch. A
discriminator that learns to name the attributes of real items sees what each generated item has, and the generator
learns to bring the shares of all values in line. The form is that of feature matching (Salimans et al. 2016, arXiv
1606.03498, section 3.1), of probabilities instead of features.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.gan.feature_matching import unbiased_squared_mean


def attribute_loss(logits: Sequence[Tensor], values: Tensor) -> Tensor:
    """Return the cross-entropy of the attributes of items, the mean over items and attributes, in nats.

    Args:
        logits: (B, V) for each of A attributes, of its V values.
        values: (B, A), the true values.
    """
    columns = zip(logits, values.unbind(dim=1), strict=True)
    return torch.stack([F.cross_entropy(one.float(), column) for one, column in columns]).mean()


def attribute_matching_loss(logits: Sequence[Tensor], values: Tensor, shares: Sequence[Tensor]) -> Tensor:
    """Estimate how far the shares of the values in generated items are from those in real ones.

    The distance is Pearson's chi-squared: the squared difference of two shares over the real one, summed over the
    values. So what half of the rare values lack counts in proportion to their shares.

    Args:
        logits: (B, V) for each of A attributes, of generated items.
        values: (B, A), of as many real items.
        shares: (V,) for each attribute, of its values in the training part; a value with share 0 is left out.

    Returns:
        The mean over attributes, estimated without bias as by `unbiased_squared_mean`, so also below zero.
    """
    distances = []
    for one, column, share in zip(logits, values.unbind(dim=1), shares, strict=True):
        occurs = share > 0
        expected = F.one_hot(column, len(share)).float()
        differences = (one.float().softmax(dim=1) - expected)[:, occurs] / share[occurs].sqrt()
        whole_batch = torch.zeros(len(column), dtype=torch.long, device=column.device)
        distances.append(unbiased_squared_mean(differences, whole_batch) * differences.shape[1])
    return torch.stack(distances).mean()
