"""A picture as a file, with its provenance label inside."""

from torch import Tensor

from genai import provenance
from genai.gan.origin import result_label
from genai.image.sampling import ImageModel, ImageResult


def encode(model: ImageModel, result: ImageResult) -> bytes:
    """Encode a picture as PNG."""
    return provenance.png(result.image, result_label(model, result))


def tile(pictures: Tensor, columns: int) -> Tensor:
    """Set pictures (N, C, H, W) side by side, row by row; N is a multiple of the columns.

    Returns:
        One picture (C, N / columns * H, columns * W).
    """
    rows = pictures.reshape(-1, columns, *pictures.shape[1:])  # (R, columns, C, H, W)
    return rows.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)
