"""A sound as a file, with its origin inside."""

from collections.abc import Mapping
from typing import Any

from genai import provenance
from genai.audio.sampling import AudioModel, AudioResult


def label(model: AudioModel, settings: Mapping[str, Any]) -> provenance.Label:
    """Where what a model made from some settings comes from."""
    return provenance.Label("audio", model.name, model.weights, settings, model.precision)


def encode(model: AudioModel, result: AudioResult) -> bytes:
    """Write a sound as WAV at the model's own rate."""
    settings = {
        "label": None if result.label is None else model.labels.names[result.label]["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    return provenance.wav(result.waveform, result.sample_rate, label(model, settings))
