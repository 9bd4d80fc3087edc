"""Batch sizes at which a computation gives every row the same bits as in a full batch.

Matrix libraries have different kernels for few rows and for many, and split rows among threads; each kernel adds up
in an order of its own. The last bits of a row may then depend on the size of its batch. Padding a batch to one of
these sizes prevents that.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def find_invariant_sizes(compute: Callable[[int], Tensor], candidates: Sequence[int], full: int) -> list[int]:
    """Return those candidate sizes whose results equal the first rows of a full batch's, and the full size.

    Args:
        compute: From a batch size N to the results (N, ...) of always the same first N rows.
        candidates: Sizes to try, rising, below `full`.
        full: The largest batch size.
    """
    expected = compute(full)
    equal = [size for size in candidates if torch.equal(compute(size), expected[:size])]
    return [*equal, full]
