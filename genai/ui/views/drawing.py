"""What a sound looks like, and how it is made fit for a browser."""

import io
from functools import cache
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from PIL import Image

from genai.ui.views.files import data_url

Wave = NDArray[np.float32]
PLAYER_RATE = 48_000  # Hz; every browser and sound card takes it
COLUMNS = 480
MEL_BANDS = 96
FRAMES = 300
FLOOR_DB = -70.0
LOWEST_HZ = 60.0
# Night to purple to warm white: the generator's colour, rising evenly in lightness.
COLOURS = [(20, 18, 31), (52, 33, 102), (104, 58, 183), (173, 104, 214), (236, 172, 186), (255, 243, 224)]


def envelope(wave: Wave) -> str:
    """Smallest and largest sample of each of up to 480 equal stretches of a waveform in [-1, 1], in thousandths.

    One text, since Gradio looks at each part of a result several times: "-31 52 -17 40 ...".
    """
    starts = np.linspace(0, len(wave), min(COLUMNS, len(wave)), endpoint=False).astype(int)
    both = np.stack([np.minimum.reduceat(wave, starts), np.maximum.reduceat(wave, starts)], axis=1)
    return " ".join(map(str, (both * 1000).round().astype(int).ravel().tolist()))


def playable(wave: Wave, rate: int) -> bytes:
    """A WAV of 16 bits at 48 kHz; turned down where the resampled wave would clip."""
    resampled = soxr.resample(wave.astype(np.float64), rate, PLAYER_RATE) if rate != PLAYER_RATE else wave
    peak = max(1.0, float(np.abs(resampled).max(initial=0.0)))
    pcm = np.round(resampled / peak * 32767).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, pcm, PLAYER_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def spectrogram(wave: Wave, rate: int) -> str:
    """A log-mel spectrogram as the data URL of a PNG."""
    file = io.BytesIO()
    # A twelfth larger than if packed as well as possible, in two thirds of the time.
    spectrogram_picture(wave, rate).save(file, format="PNG", compress_level=1)
    return data_url("image/png", file.getvalue())


def spectrogram_picture(wave: Wave, rate: int, frames: int = FRAMES) -> Image.Image:
    """A log-mel spectrogram, 96 pixels high, one wide for each frame: time runs right, pitch up, bright is loud."""
    decibels = log_mel(wave, rate, frames)
    levels = np.clip((decibels - decibels.max() - FLOOR_DB) / -FLOOR_DB, 0, 1)
    picture = Image.fromarray(np.round(levels[::-1] * 255).astype(np.uint8), "P")
    picture.putpalette(_palette())
    return picture


def log_mel(wave: Wave, rate: int, frames: int = FRAMES) -> NDArray[np.float64]:
    """Power in decibels, (mel band, frame): 32 ms Hann windows, about so many frames whatever the length."""
    size = 2 ** round(np.log2(0.032 * rate))
    hop = max(1, len(wave) // frames)
    padded = np.pad(wave.astype(np.float64), size // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]  # (frame, size)
    power = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2  # (frame, bin)
    return 10 * np.log10(power @ _filters(rate, size).T + 1e-10).T


def pitches(rate: int) -> list[dict[str, Any]]:
    """Labels of the pitch axis: frequency in Hz and its height, 0 at the bottom to 1 at the top."""
    low, high = _mel(LOWEST_HZ), _mel(rate / 2)
    shown = [hz for hz in (125, 250, 500, 1000, 2000, 4000, 8000) if hz < rate / 2 * 0.95]
    return [{"hz": hz, "at": round(float((_mel(hz) - low) / (high - low)), 4)} for hz in shown]


def _mel(hz: float) -> float:
    """O'Shaughnessy's formula: equal steps sound about equally far apart."""
    return float(2595 * np.log10(1 + hz / 700))


@cache
def _filters(rate: int, size: int) -> NDArray[np.float64]:
    """Triangular filters (mel band, bin), each as wide as its neighbours' distance but never empty."""
    mels = np.linspace(_mel(LOWEST_HZ), _mel(rate / 2), MEL_BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)  # Hz
    bins = np.fft.rfftfreq(size, 1 / rate)  # Hz
    width = rate / size  # Hz from bin to bin: narrower triangles would fall between two bins
    rising = (bins - edges[:-2, None]) / np.maximum(np.diff(edges)[:-1, None], width)
    falling = (edges[2:, None] - bins) / np.maximum(np.diff(edges)[1:, None], width)
    return np.clip(np.minimum(rising, falling), 0, None)


@cache
def _palette() -> list[int]:
    stops = np.linspace(0, 255, len(COLOURS))
    ramps = [np.interp(np.arange(256), stops, [c[i] for c in COLOURS]) for i in range(3)]
    return [int(level) for level in np.stack(ramps, axis=1).round().ravel()]
