"""A sound as a file, with its provenance label inside."""

from genai import provenance
from genai.audio.sampling import AudioModel, AudioResult
from genai.gan.origin import result_label


def encode(model: AudioModel, result: AudioResult) -> bytes:
    """Encode a sound as WAV at the model's own rate."""
    return provenance.wav(result.waveform, result.sample_rate, result_label(model, result))
