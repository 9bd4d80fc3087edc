"""A text with its origin."""

from collections.abc import Mapping
from typing import Any

from genai import provenance
from genai.text.request import TextRequest
from genai.text.sampling import TextModel


def label(model: TextModel, request: TextRequest) -> provenance.Label:
    """Where a text comes from; without its length, so that it holds for a text that was stopped too."""
    names = ("prompt", "temperature", "top_k", "top_p", "seed")
    settings: Mapping[str, Any] = {name: getattr(request, name) for name in names}
    return provenance.Label("text", model.name, model.weights, settings, model.precision)
