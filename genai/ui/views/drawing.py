"""Sounds for the browser: waveform and spectrogram as pictures, and a WAV that every browser plays."""

import io
from functools import cache
from typing import TypedDict

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from PIL import Image

from genai.ui.views.files import data_url

Wave = NDArray[np.float32]
PLAYER_RATE = 48_000  # Hz; every browser and sound card takes it
COLUMNS = 480  # of the waveform
MEL_BANDS = 96
FRAMES = 300  # of the spectrogram
FLOOR_DB = -70.0  # below the loudest point: drawn black
LOWEST_HZ = 60.0
# Black to purple, the generator's colour, to white: the lightness rises evenly.
COLOURS = [(20, 18, 31), (52, 33, 102), (104, 58, 183), (173, 104, 214), (236, 172, 186), (255, 243, 224)]


class Pitch(TypedDict):
    """A label of the pitch axis.

    Attributes:
        hz: Frequency.
        at: Its height, 0 at the bottom to 1 at the top.
    """

    hz: int
    at: float


def envelope(wave: Wave) -> str:
    """Return the smallest and largest sample of each of up to 480 equal parts of a waveform in [-1, 1].

    Written in thousandths as one string, "-31 52 -17 40 ...", since Gradio walks through every element of a list
    several times.
    """
    starts = np.linspace(0, len(wave), min(COLUMNS, len(wave)), endpoint=False).astype(int)
    lows = np.minimum.reduceat(wave, starts)
    highs = np.maximum.reduceat(wave, starts)
    thousandths = (np.stack([lows, highs], axis=1) * 1000).round().astype(int)
    return " ".join(map(str, thousandths.ravel().tolist()))


def playable(wave: Wave, rate: int) -> bytes:
    """Encode a waveform as a 16-bit WAV at 48 kHz; turned down where the resampled wave would clip."""
    resampled = soxr.resample(wave.astype(np.float64), rate, PLAYER_RATE) if rate != PLAYER_RATE else wave
    peak = max(1.0, float(np.abs(resampled).max(initial=0.0)))
    pcm = np.round(resampled / peak * 32767).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, pcm, PLAYER_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def spectrogram(wave: Wave, rate: int, frames: int = FRAMES) -> str:
    """Draw a log-mel spectrogram of about so many frames as the data URL of a PNG."""
    file = io.BytesIO()
    # 8 % larger than at the highest level, in two thirds of the time.
    spectrogram_picture(wave, rate, frames).save(file, format="PNG", compress_level=1)
    return data_url("image/png", file.getvalue())


def spectrogram_picture(wave: Wave, rate: int, frames: int = FRAMES) -> Image.Image:
    """Draw a log-mel spectrogram, frames x 96 pixels: time runs right, pitch up, bright is loud."""
    decibels = log_mel(wave, rate, frames)
    levels = np.clip((decibels - decibels.max() - FLOOR_DB) / -FLOOR_DB, 0, 1)
    picture = Image.fromarray(np.round(levels[::-1] * 255).astype(np.uint8), "P")
    picture.putpalette(_palette())
    return picture


def log_mel(wave: Wave, rate: int, frames: int = FRAMES) -> NDArray[np.float64]:
    """Return the power in decibels, (mel band, frame): 32 ms Hann windows, about `frames` of them at any length."""
    size = 2 ** round(np.log2(0.032 * rate))
    hop = max(1, len(wave) // frames)
    padded = np.pad(wave.astype(np.float64), size // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]  # (frame, size)
    power = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2  # (frame, bin)
    return 10 * np.log10(power @ _filters(rate, size).T + 1e-10).T


def pitches(rate: int) -> list[Pitch]:
    """Return the labels of the pitch axis for a sample rate in Hz."""
    low = _mel(LOWEST_HZ)
    high = _mel(rate / 2)
    labelled = [hz for hz in (125, 250, 500, 1000, 2000, 4000, 8000) if hz < rate / 2 * 0.95]
    return [{"hz": hz, "at": round((_mel(hz) - low) / (high - low), 4)} for hz in labelled]


def _mel(hz: float) -> float:
    """Convert Hz to mel, in which equal steps sound about equally far apart (O'Shaughnessy's formula)."""
    return float(2595 * np.log10(1 + hz / 700))


@cache
def _filters(rate: int, size: int) -> NDArray[np.float64]:
    """Return triangular filters (mel band, bin), each reaching to its neighbours' centres but never empty."""
    mels = np.linspace(_mel(LOWEST_HZ), _mel(rate / 2), MEL_BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)  # Hz
    bins = np.fft.rfftfreq(size, 1 / rate)  # Hz
    width = rate / size  # Hz from bin to bin; a narrower triangle could fall between two bins
    rising = (bins - edges[:-2, None]) / np.maximum(np.diff(edges)[:-1, None], width)
    falling = (edges[2:, None] - bins) / np.maximum(np.diff(edges)[1:, None], width)
    return np.clip(np.minimum(rising, falling), 0, None)


@cache
def _palette() -> list[int]:
    """Return 256 colours as PIL takes them: red, green, blue, red, ..."""
    stops = np.linspace(0, 255, len(COLOURS))
    channels = [np.interp(np.arange(256), stops, channel) for channel in zip(*COLOURS, strict=True)]
    return [int(level) for level in np.stack(channels, axis=1).round().ravel()]
