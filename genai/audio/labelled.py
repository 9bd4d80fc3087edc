"""A sound as a file, with its origin inside."""

from genai import provenance
from genai.audio.sampling import AudioModel, AudioResult


def encode(model: AudioModel, result: AudioResult) -> bytes:
    """Write a sound as WAV at the model's own rate."""
    settings = {
        "label": None if result.label is None else model.labels.names[result.label]["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    label = provenance.Label("audio", model.name, model.weights, settings)
    return provenance.wav(result.waveform, result.sample_rate, label)
