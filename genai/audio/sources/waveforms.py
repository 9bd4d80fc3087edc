"""Read sound files and normalise waveforms: mono, one sample rate, one length, one peak."""

import io
import struct
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from genai.errors import DataError

Waveform = NDArray[np.float32]

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf"})
REMEDIES = dict.fromkeys(
    (".m4a", ".aac", ".mp4", ".mov", ".wma", ".amr", ".3gp", ".webm", ".mka"),
    "Convert recordings of phones and films (.m4a, .mp4, .wma, .amr) to WAV or MP3, for example with Audacity.",
)
"""By extension, what to do with sounds of a kind that is not read."""
MAX_SECONDS = 60
MIN_SECONDS = 0.01
SILENCE = 1e-4  # peak below which a sound counts as silent: -80 dB
ONSET = 0.02  # fraction of the peak above which a sound begins
PEAK = 0.95
CANCELLED = 0.1  # level of the mean of channels, of the loudest one's, below which they count as opposite
UNKNOWN_SIZE = struct.pack("<I", 2**32 - 1)  # in a WAV file: as much as there is


def read(path: Path, rate: int) -> Waveform:
    """Read the first minute of a sound file.

    Args:
        path: WAV, FLAC, OGG, MP3, or another format that libsndfile reads.
        rate: Sample rate of the result in Hz; the sound is resampled if the file has another one.

    Returns:
        (T,), the mean of the channels, in [-1, 1]; where they cancel each other, the loudest one.

    Raises:
        DataError: if the file is broken, not a sound, silent, or shorter than 10 ms.
    """
    try:
        with path.open("rb") as stream:  # opened here, since soundfile fails on a path that is not UTF-8
            channels, file_rate = _read_channels(stream)
        if not len(channels) and path.suffix.lower() == ".wav":
            channels, file_rate = _read_channels(io.BytesIO(_without_sizes(path.read_bytes())))
    except (OSError, RuntimeError) as error:  # soundfile's errors are RuntimeErrors
        raise DataError("{file} cannot be read as a sound: save it anew as WAV or MP3.", file=path.name) from error
    if not np.isfinite(channels).all():
        raise DataError("{file} holds values that are no numbers.", file=path.name)
    sound = _mix(channels)
    if 0 < len(sound) < file_rate * MIN_SECONDS:
        raise DataError(
            "{file} is too short: {least} ms are needed.", file=path.name, least=round(MIN_SECONDS * 1000)
        )
    resampled = cast(Waveform, sound if file_rate == rate else soxr.resample(sound, file_rate, rate))
    if not len(resampled) or np.abs(resampled - resampled.mean()).max() < SILENCE:
        raise DataError("{file} is silent.", file=path.name)
    return resampled


def _read_channels(file: BinaryIO) -> tuple[Waveform, int]:
    """Read the first minute of a sound file: channels (T, C) and the sample rate in Hz."""
    with soundfile.SoundFile(file) as opened:
        channels = opened.read(MAX_SECONDS * opened.samplerate, dtype="float32", always_2d=True)
        return channels, opened.samplerate


def _without_sizes(wav: bytes) -> bytes:
    """Return a WAV file whose header says that its data goes on to the end.

    A program that writes into a pipe cannot go back to fill in the sizes, and leaves 0.
    """
    position = 12  # after RIFF, size, WAVE come chunks: name, size, content of even length
    while position + 8 <= len(wav):
        name, size = struct.unpack_from("<4sI", wav, position)
        if name == b"data" and size == 0:
            return wav[:4] + UNKNOWN_SIZE + wav[8 : position + 4] + UNKNOWN_SIZE + wav[position + 8 :]
        position += 8 + size + size % 2
    return wav


def _mix(channels: Waveform) -> Waveform:
    """Return the mean of channels (T, C): (T,); of opposite ones, whose mean is silence, the loudest."""
    mean: Waveform = channels.mean(axis=1)
    if not len(channels):
        return mean
    levels = channels.std(axis=0)
    loudest = channels[:, levels.argmax()]
    return loudest if mean.std() < CANCELLED * levels.max() else mean


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
