"""Batches padded with rows of zeros, so that results do not depend on the number of rows."""

from collections.abc import Sequence

import torch
from torch import Tensor

from genai.labels import Labels

ROW_MULTIPLE = 8
"""Forward passes have a multiple of so many rows: with fewer, the last bits of a CPU's sums depend on their number
whatever the threads. Which multiples give the same bits, `genai.inference.forward.BatchInvariant` finds out."""


def pad_batch(z: Tensor, chosen: Sequence[int | None], labels: Labels) -> tuple[Tensor, Tensor | None]:
    """Pad a batch to a multiple of eight rows; the caller cuts the rest off again.

    Args:
        z: (B, Z).
        chosen: The number of each row's label, B of them; None counts as 0.
        labels: Of the model.

    Returns:
        z (N, Z), and the numbers of the labels, int64 (N,), or None for a model without labels.
    """
    missing = -len(z) % ROW_MULTIPLE
    padded = torch.cat([z, z.new_zeros(missing, z.shape[1])])
    if not labels:
        return padded, None
    numbers = [label or 0 for label in chosen]
    return padded, torch.tensor(numbers + [0] * missing)


def pad_rows(rows: Tensor, size: int) -> Tensor:
    """Pad rows (B, ...) with zeros to (size, ...)."""
    missing = size - len(rows)
    return torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])]) if missing else rows


def take_rows(labels: Tensor | None, rows: slice) -> Tensor | None:
    """Return some of the labels (B,), or None where there are none."""
    return None if labels is None else labels[rows]
