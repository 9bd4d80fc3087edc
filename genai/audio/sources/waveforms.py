"""Read sound files and normalise waveforms: mono, one sample rate, one length, one peak."""

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
SILENCE = 1e-4  # peak below which a sound counts as silent: -80 dB
ONSET = 0.02  # fraction of the peak above which a sound begins
PEAK = 0.95


def read(path: Path, rate: int) -> Waveform:
    """Read the first minute of a sound file.

    Args:
        path: WAV, FLAC, OGG, MP3, or another format that libsndfile reads.
        rate: Sample rate of the result in Hz; the sound is resampled if the file has another one.

    Returns:
        (T,), the mean of the channels, in [-1, 1].

    Raises:
        DataError: if the file is broken, not a sound, silent, or shorter than 10 ms.
    """
    try:
        # Opened here, since soundfile fails on a path that is not UTF-8.
        with path.open("rb") as stream, soundfile.SoundFile(stream) as file:
            sound = file.read(MAX_SECONDS * file.samplerate, dtype="float32", always_2d=True).mean(axis=1)
            file_rate = file.samplerate
    except (OSError, RuntimeError) as error:  # soundfile's errors are RuntimeErrors
        raise DataError("{file} cannot be read as a sound.", file=path.name) from error
    if not np.isfinite(sound).all():
        raise DataError("{file} holds values that are no numbers.", file=path.name)
    if 0 < len(sound) < file_rate * MIN_SECONDS:
        raise DataError(
            "{file} is too short: {least} ms are needed.", file=path.name, least=round(MIN_SECONDS * 1000)
        )
    resampled = cast(Waveform, sound if file_rate == rate else soxr.resample(sound, file_rate, rate))
    if not len(resampled) or np.abs(resampled - resampled.mean()).max() < SILENCE:
        raise DataError("{file} is silent.", file=path.name)
    return resampled


def from_onset(sound: Waveform, rate: int) -> Waveform:
    """Cut a waveform to begin 1 ms before its first value above 2 % of the peak."""
    level = np.abs(sound)
    onset = int(np.argmax(level > ONSET * level.max()))
    return sound[max(0, onset - rate // 1000) :]


def fit(sound: Waveform, samples: int) -> NDArray[np.int16]:
    """Remove the DC offset, scale the peak to 0.95, and pad with zeros or cut with a short fade-out.

    Args:
        sound: (T,), of any length and not silent.
        samples: Length of the result; if the sound is longer, the last sixteenth of the result fades out.

    Returns:
        (samples,), 16-bit PCM.
    """
    centred = np.trim_zeros(sound, "b")  # padding at the end must not change the mean
    centred = centred - centred.mean()
    beginning = centred[:samples]
    result = np.zeros(samples, np.float32)
    result[: len(beginning)] = beginning / max(np.abs(beginning).max(), SILENCE) * PEAK
    if len(centred) > samples:
        fade = samples // 16
        result[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return np.round(result * 32767).astype(np.int16)


def one_shot(sound: Waveform, rate: int, samples: int) -> NDArray[np.int16]:
    """Scale the peak of a struck or plucked sound to 0.95, and pad with zeros or cut with a fade-out of 50 ms.

    Unlike `fit` it keeps the DC offset: the shipped models were trained on such files.

    Args:
        sound: (T,), of any length and not silent.
        rate: Its sample rate in Hz.
        samples: Length of the result.

    Returns:
        (samples,), 16-bit PCM.
    """
    beginning = sound[:samples]
    result = np.zeros(samples, np.float32)
    result[: len(beginning)] = beginning / np.abs(beginning).max() * np.float32(PEAK)
    if len(sound) > samples:
        fade = rate // 20
        result[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return (result * 32767).astype(np.int16)
