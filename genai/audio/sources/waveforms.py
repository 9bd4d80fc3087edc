"""Waveforms of any origin brought to one form: mono, one rate, one length, one loudness."""

from pathlib import Path
from typing import cast

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from genai.errors import DataError

Waveform = NDArray[np.float32]

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf"})
MAX_SECONDS = 60
MIN_SECONDS = 0.01
SILENCE = 1e-4  # peak below which nothing is to be heard: -80 dB
ONSET = 0.02  # of the peak
PEAK = 0.95


def read(path: Path, rate: int) -> Waveform:
    """Read the first minute of a sound file.

    Args:
        path: WAV, FLAC, OGG, MP3 or whatever else libsndfile reads.
        rate: The sample rate of the result in Hz; if the file has another one, it is resampled.

    Returns:
        (T,), the mean of the channels, in [-1, 1].

    Raises:
        DataError: if the file is broken, no sound, silent, or shorter than 10 ms.
    """
    try:
        with soundfile.SoundFile(path) as file:
            sound = file.read(MAX_SECONDS * file.samplerate, dtype="float32", always_2d=True).mean(axis=1)
            found = file.samplerate
    except (OSError, RuntimeError) as error:  # soundfile's errors are RuntimeErrors
        raise DataError("{file} cannot be read as a sound.", file=path.name) from error
    if not np.isfinite(sound).all():
        raise DataError("{file} holds values that are no numbers.", file=path.name)
    if 0 < len(sound) < found * MIN_SECONDS:
        raise DataError(
            "{file} is too short: {least} ms are needed.", file=path.name, least=round(MIN_SECONDS * 1000)
        )
    resampled = cast(Waveform, sound if found == rate else soxr.resample(sound, found, rate))
    if not len(resampled) or np.abs(resampled - resampled.mean()).max() < SILENCE:
        raise DataError("{file} is silent.", file=path.name)
    return resampled


def from_onset(sound: Waveform, rate: int) -> Waveform:
    """Drop what comes before the sound: all but 1 ms before the first value above 2 % of the peak."""
    level = np.abs(sound)
    onset = int(np.argmax(level > ONSET * level.max()))
    return sound[max(0, onset - rate // 1000) :]


def fit(sound: Waveform, samples: int) -> NDArray[np.int16]:
    """Take off the DC offset, bring the peak to 0.95, and pad with zeros or cut with a short fade-out.

    Args:
        sound: (T,), of any length and not silent.
        samples: How many samples are wanted; the last sixteenth of them fades when the sound is longer.

    Returns:
        (samples,), 16-bit PCM.
    """
    centred = np.trim_zeros(sound, "b")  # silence that was added at the end is no part of the mean
    centred = centred - centred.mean()
    kept = centred[:samples]
    fitted = np.zeros(samples, np.float32)
    fitted[: len(kept)] = kept / max(np.abs(kept).max(), SILENCE) * PEAK
    if len(centred) > samples:
        fade = samples // 16
        fitted[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return np.round(fitted * 32767).astype(np.int16)


def one_shot(sound: Waveform, rate: int, samples: int) -> NDArray[np.int16]:
    """Cut and level a struck or plucked sound for storing: peak 0.95, then zeros, or the last 50 ms faded.

    Args:
        sound: (T,), of any length and not silent.
        rate: Its sample rate in Hz.
        samples: How many samples are kept.

    Returns:
        (samples,), 16-bit PCM.
    """
    loud = sound[:samples] / np.abs(sound[:samples]).max() * np.float32(PEAK)
    stored = np.zeros(samples, np.float32)
    stored[: len(loud)] = loud
    if len(sound) > samples:
        fade = rate // 20
        stored[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return (stored * 32767).astype(np.int16)
