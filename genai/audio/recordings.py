"""Recordings as a browser sends them, and the sounds in them."""

import numpy as np
from numpy.typing import NDArray

from genai.audio.silences import Span, find_sounds
from genai.errors import DataError

RATE = 16_000
"""Samples a second: the browser converts what it records, and files."""


def read_samples(data: bytes, most_seconds: int) -> NDArray[np.int16]:
    """Read a recording.

    Args:
        data: 16-bit PCM, little-endian, mono, 16,000 samples a second.
        most_seconds: Length that is allowed.

    Returns:
        (T,).

    Raises:
        DataError: if it is not of this form or too long.
    """
    if len(data) % 2 or len(data) > 2 * RATE * most_seconds:
        raise DataError(
            "A recording must be at most {seconds} s of 16-bit samples. Record it in several parts.",
            seconds=most_seconds,
        )
    return np.frombuffer(data, "<i2").astype(np.int16)


def cut_at_silences(wave: NDArray[np.int16]) -> list[Span]:
    """Return where the sounds in a recording (T,) of 16,000 samples a second are: at least one.

    Raises:
        DataError: if it is silent.
    """
    spans = find_sounds(wave.astype(np.float32) / np.float32(32768), RATE)
    if not spans:
        raise DataError(
            "The recording is silent: nothing in it is loud enough. Come nearer to the microphone, and see that it "
            "is switched on."
        )
    return spans
