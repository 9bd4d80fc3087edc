"""A picture as a file, with its origin inside."""

from genai import provenance
from genai.image.sampling import ImageModel, ImageResult


def encode(model: ImageModel, result: ImageResult) -> bytes:
    """Write a picture as PNG."""
    settings = {
        "label": None if result.label is None else model.labels.names[result.label]["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    return provenance.png(result.image, provenance.Label("image", model.name, model.weights, settings))
