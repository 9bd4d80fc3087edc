"""Content of a checkpoint that is stored compressed (LZMA), for what is not weights."""

import lzma

import numpy as np
import torch
from torch import Tensor

from genai.checkpoint.header import unreadable_error


def compress(content: bytes) -> Tensor:
    """Return content, compressed, as a tensor (N,) uint8."""
    return torch.from_numpy(np.frombuffer(lzma.compress(content), np.uint8).copy())


def decompress(tensor: Tensor, file: str) -> bytes:
    """Return the content of a tensor that `compress` made.

    Args:
        tensor: (N,), uint8.
        file: Name of the checkpoint, for the error.

    Raises:
        CheckpointError: if it is broken.
    """
    try:
        return lzma.decompress(tensor.numpy().tobytes())
    except lzma.LZMAError as error:
        raise unreadable_error(file, error) from error
