"""A batch of real items, with what a training is told of each."""

from typing import NamedTuple, Protocol

from torch import Tensor


class Batch(NamedTuple):
    """Real items.

    Args:
        items: (B, ...).
        labels: (B,).
        attributes: (B, A), the values of their attributes; None where none are known.
        told: (B,), the value of the attribute that the discriminator is told; None where it is told none.
    """

    items: Tensor
    labels: Tensor
    attributes: Tensor | None = None
    told: Tensor | None = None


class RealBatch(Protocol):
    """Draws a batch of real items."""

    def __call__(self, number: int, rows: Tensor | None = None, /) -> Batch:
        """Return a batch.

        Args:
            number: Of the batch, from 0; determines everything random in it.
            rows: (B,), rows of the data; None draws them.
        """
