"""A picture as a file, with its origin inside."""

from collections.abc import Mapping
from typing import Any

from genai import provenance
from genai.image.sampling import ImageModel, ImageResult


def label(model: ImageModel, settings: Mapping[str, Any]) -> provenance.Label:
    """Where what a model made from some settings comes from."""
    return provenance.Label("image", model.name, model.weights, settings, model.precision)


def encode(model: ImageModel, result: ImageResult) -> bytes:
    """Write a picture as PNG."""
    settings = {
        "label": None if result.label is None else model.labels.names[result.label]["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    return provenance.png(result.image, label(model, settings))
