"""The provenance labels and file names of pictures and sounds."""

from collections.abc import Mapping
from typing import Any

from genai import provenance
from genai.gan.sampling import GanModel, GanResult


def make_label(model: GanModel[Any, Any], settings: Mapping[str, Any]) -> provenance.Label:
    """Return the label of what a model made from some settings."""
    return provenance.Label(model.modality, model.name, model.sha256, settings, model.precision)


def file_name(model: GanModel[Any, Any], result: GanResult) -> str:
    """Return the name of the file that a result is saved in."""
    return f"{model.name}-seed{result.seed}{model.suffix}"


def result_label(model: GanModel[Any, Any], result: GanResult) -> provenance.Label:
    """Return the label of a result: its settings are the fields of a request for it."""
    name = model.class_name(result.label)
    settings: dict[str, object] = {
        "label": None if name is None else name["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    variant = model.variant_name(result.variant)
    if variant is not None:
        settings["variant"] = variant["en"]
    return make_label(model, settings)
