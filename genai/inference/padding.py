"""Batches padded with rows of zeros, so that results do not depend on the number of rows."""

from collections.abc import Sequence

import torch
from torch import Tensor

from genai.labels import Labels

ROW_MULTIPLE = 8
"""Every forward pass has a multiple of eight rows: with fewer, the last bits of a CPU's sums depend on the number
of rows, whatever the number of threads. `forward.BatchInvariant` finds out which multiples give the same bits."""


def pad_batch(z: Tensor, classes: Sequence[int | None], labels: Labels) -> tuple[Tensor, Tensor | None]:
    """Pad a batch to a multiple of eight rows; the caller cuts the padding off again.

    Args:
        z: (B, Z).
        classes: The class of each of the B rows; None counts as 0.
        labels: Of the model.

    Returns:
        z (N, Z), and the classes, int64 (N,), or None for a model without labels.
    """
    size = len(z) + -len(z) % ROW_MULTIPLE
    if not labels:
        return pad_rows(z, size), None
    return pad_rows(z, size), pad_rows(torch.tensor([label or 0 for label in classes]), size)


def pad_rows(rows: Tensor, size: int) -> Tensor:
    """Pad rows (B, ...) with zeros to (size, ...)."""
    missing = size - len(rows)
    return torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])]) if missing else rows


def take_rows(labels: Tensor | None, rows: slice) -> Tensor | None:
    """Return some of the labels (B,), or None where there are none."""
    return None if labels is None else labels[rows]
