"""A picture as a file, with its provenance label inside."""

from genai import provenance
from genai.gan.origin import result_label
from genai.image.sampling import ImageModel, ImageResult


def encode(model: ImageModel, result: ImageResult) -> bytes:
    """Encode a picture as PNG."""
    return provenance.png(result.image, result_label(model, result))
