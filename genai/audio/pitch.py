"""The pitch of a note.

Source of the method, YIN: de Cheveigné & Kawahara 2002, steps 2 to 5.
"""

import torch
from torch import Tensor

LOWEST_HZ, HIGHEST_HZ = 60.0, 1500.0
THRESHOLD = 0.15  # of the normalised difference, below which a period is believed; the paper has 0.1
FRAME_SECONDS = 0.06  # two periods of 33 Hz
FINER = 4


def frequencies(sounds: Tensor, rate: int, start: float = 0.05) -> Tensor:
    """Return the fundamental frequency (N,), in Hz, of sounds (N, T) shortly after their start.

    Args:
        sounds: (N, T).
        rate: In Hz.
        start: Seconds to leave out, in which a note is struck.
    """
    # Finer samples: the period of a high note with strong overtones falls between the given ones.
    spectrum = torch.fft.rfft(sounds.double())
    fine = torch.fft.irfft(spectrum, sounds.shape[1] * FINER) * FINER
    return torch.tensor([_frequency(sound, rate * FINER, start) for sound in fine])


def _frequency(sound: Tensor, rate: int, start: float) -> float:
    longest, size = round(rate / LOWEST_HZ), round(rate * FRAME_SECONDS)
    first = round(rate * start)
    windows = sound[first : first + size + longest].unfold(0, size, 1)  # (longest + 1, size), moved by 0, 1, ...
    difference = (windows - windows[0]).square().sum(dim=1)[1:]
    lags = torch.arange(1, len(difference) + 1)
    normalised = difference / (difference.cumsum(dim=0) / lags).clamp(min=1e-12)  # (longest,), of lag n + 1
    return rate / _period(normalised, round(rate / HIGHEST_HZ))


def _period(normalised: Tensor, shortest: int) -> float:
    """The lag of the first minimum of the difference below the threshold; else of the least one of all."""
    values = normalised.tolist()
    place = next((n for n in range(shortest - 1, len(values)) if values[n] < THRESHOLD), None)
    if place is None:
        place = int(normalised[shortest - 1 :].argmin()) + shortest - 1
    while place + 1 < len(values) and values[place + 1] < values[place]:
        place += 1
    if 0 < place < len(values) - 1:  # the minimum of the parabola through three points
        before, here, after = values[place - 1 : place + 2]
        curvature = before - 2 * here + after
        return place + 1 + (0.5 * (before - after) / curvature if curvature > 0 else 0.0)
    return place + 1.0


def cents(frequency: Tensor, wanted: Tensor) -> Tensor:
    """Return how far frequencies lie above the wanted ones, in hundredths of a semitone."""
    return 1200 * (frequency / wanted).log2()


def frequency_of(key: Tensor) -> Tensor:
    """Return the frequency of MIDI keys in Hz: 440 for key 69, 12 keys an octave."""
    return 440 * 2 ** ((key.double() - 69) / 12)
