"""Batches padded to a size whose results do not depend on it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from genai.labels import Labels

ROW_MULTIPLE = 8
"""A forward pass has a multiple of so many items: with fewer, the last bits of a CPU's sums depend on their number
whatever the threads; which multiples give the same, `genai.inference.forward.Alike` tries."""


def pad_batch(z: Tensor, chosen: Sequence[int | None], labels: Labels) -> tuple[Tensor, Tensor | None]:
    """Fill up z (B, Z) and its labels to a multiple of eight rows, with what is then to be cut off again.

    Returns:
        z (N, Z) and labels, int64 (N,); None of a model that has none.
    """
    missing = -len(z) % ROW_MULTIPLE
    numbers = torch.tensor([*(label or 0 for label in chosen), *([0] * missing)]) if labels else None
    return torch.cat([z, z.new_zeros(missing, z.shape[1])]), numbers
