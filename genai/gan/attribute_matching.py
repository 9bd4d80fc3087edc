"""Attribute matching: each value of an attribute should be as frequent in generated items as in real ones.

What a generator leaves out, such as grey hair, is rare and hardly changes the mean features of a batch. A
discriminator that learns to name the attributes of real items sees what each generated item has, and the generator
learns to bring the shares of all values in line. The idea is that of feature matching (Salimans et al. 2016, arXiv
1606.03498, section 3.1), with probabilities instead of features. A batch holds one or two items of a rare value, so
the difference of the shares is a running mean over many batches.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DECAY = 0.95  # of the running mean, which covers some twenty batches


def attribute_loss(logits: Sequence[Tensor], values: Tensor) -> Tensor:
    """Return the cross-entropy of the attributes of items, the mean over items and attributes, in nats.

    Args:
        logits: (B, V) for each of A attributes, of its V values.
        values: (B, A), the true values.
    """
    columns = zip(logits, values.unbind(dim=1), strict=True)
    return torch.stack([F.cross_entropy(one.float(), column) for one, column in columns]).mean()


class AttributeMatching(nn.Module):
    """How far the shares of the values in generated items are from those in real ones, and the loss that closes it.

    The distance is Pearson's chi-squared: the squared difference of two shares over the real one, summed over the
    values and averaged over the attributes. So what half of the rare values lack counts in proportion to their
    shares. With several processes, each compares its own rows.

    Args:
        shares: (V,) for each of A attributes, of its values in the training part; a value with share 0 is left out.
    """

    def __init__(self, shares: Sequence[Tensor]) -> None:
        super().__init__()
        self.sizes = [len(one) for one in shares]
        all_shares = torch.cat(list(shares))
        inverse = torch.where(all_shares > 0, 1 / all_shares, 0)
        self.inverse: Tensor
        self.register_buffer("inverse", inverse, persistent=False)
        self.excess: Tensor
        self.register_buffer("excess", torch.zeros_like(all_shares))

    @property
    def distance(self) -> Tensor:
        """Of the running means of the shares: at least 0, and more than 0 by chance."""
        return (self.excess.square() * self.inverse).sum() / len(self.sizes)

    def forward(self, logits: Sequence[Tensor], values: Tensor) -> Tensor:
        """Return the generator's loss, whose gradient is that of half the distance; then update the running mean.

        The loss is the mean over items of the sum over values of the item's probability times the excess of that
        value, relative to its share: what is too frequent costs, what is too rare pays. Its value is no distance.

        Args:
            logits: (B, V) for each of A attributes, of generated items.
            values: (B, A), of as many real items with the same labels.
        """
        probabilities = torch.cat([one.float().softmax(dim=1) for one in logits], dim=1)
        columns = zip(self.sizes, values.unbind(dim=1), strict=True)
        expected = torch.cat([F.one_hot(column, size) for size, column in columns], dim=1)
        loss = (probabilities.mean(dim=0) * self.excess * self.inverse).sum() / len(self.sizes)
        difference = (probabilities.detach() - expected).mean(dim=0)
        self.excess = torch.lerp(difference, self.excess, DECAY)
        return loss
