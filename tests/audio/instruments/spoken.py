"""Digits that people said, from the sounds in the shipped index, as a browser would send them."""

import base64
from functools import cache

import numpy as np
import soxr

from genai.audio import clips
from genai.audio.data import DIGITS_RATE
from genai.audio.recordings import RATE
from genai.ui.views.inside import load_index

SAMPLES = 8192
PAUSE = np.zeros(RATE // 2)


@cache
def said(digit):
    """The first recording of a digit in the index, 16,000 samples a second."""
    _, index = load_index("audio", "digits")
    row = next(n for n, name in enumerate(index.ids) if name.startswith(f"recordings/{digit}_"))
    [file] = index.files
    wave, rate = clips.decode(file, index.starts, row, SAMPLES)
    assert rate == DIGITS_RATE
    return soxr.resample(wave, rate, RATE)


def recording(*digits):
    """Digits with half a second of silence around each, 16-bit samples."""
    parts = [piece for digit in digits for piece in (PAUSE, said(digit))]
    return (np.concatenate([*parts, PAUSE]) * 32767).astype("<i2")


def tones(count, seconds=0.2, pause=0.4):
    """So many tones with pauses, 16-bit samples."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
    parts = [piece for _ in range(count) for piece in (np.zeros(round(pause * RATE)), tone)]
    return (np.concatenate([*parts, PAUSE]) * 32767).astype("<i2")


def encoded(samples):
    """Samples as the page sends them."""
    return base64.b64encode(samples.tobytes()).decode()
