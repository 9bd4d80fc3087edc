"""The pitch of a note.

Source of the method, YIN: de Cheveigné & Kawahara 2002, steps 2 to 5.
"""

import torch
from torch import Tensor

LOWEST_HZ = 60.0
HIGHEST_HZ = 1500.0
THRESHOLD = 0.15  # of the normalised difference, below which a period is accepted; 0.1 in the paper
FRAME_SECONDS = 0.06  # two periods of 33 Hz
OVERSAMPLING = 4


def frequencies(sounds: Tensor, rate: int, start: float = 0.05) -> Tensor:
    """Return the fundamental frequency (N,), in Hz, of sounds (N, T) shortly after their start.

    Args:
        sounds: (N, T).
        rate: In Hz.
        start: Seconds to skip: the attack of the note.
    """
    # Oversampled: the period of a high note with strong overtones is no whole number of the original samples.
    spectrum = torch.fft.rfft(sounds.double())
    oversampled = torch.fft.irfft(spectrum, sounds.shape[1] * OVERSAMPLING) * OVERSAMPLING
    return torch.tensor([_frequency(sound, rate * OVERSAMPLING, start) for sound in oversampled])


def _frequency(sound: Tensor, rate: int, start: float) -> float:
    longest = round(rate / LOWEST_HZ)  # period, in samples
    size = round(rate * FRAME_SECONDS)
    first = round(rate * start)
    windows = sound[first : first + size + longest].unfold(0, size, 1)  # (longest + 1, size), at lags 0, 1, ...
    difference = (windows - windows[0]).square().sum(dim=1)[1:]
    lags = torch.arange(1, len(difference) + 1)
    normalised = difference / (difference.cumsum(dim=0) / lags).clamp(min=1e-12)  # (longest,), of lag n + 1
    return rate / _period(normalised, round(rate / HIGHEST_HZ))


def _period(normalised: Tensor, shortest: int) -> float:
    """Return the lag of the first minimum of the difference below the threshold, else of its global minimum."""
    values = normalised.tolist()
    index = next((n for n in range(shortest - 1, len(values)) if values[n] < THRESHOLD), None)
    if index is None:
        index = int(normalised[shortest - 1 :].argmin()) + shortest - 1
    while index + 1 < len(values) and values[index + 1] < values[index]:
        index += 1
    if 0 < index < len(values) - 1:  # refined by the parabola through three points
        before, minimum, after = values[index - 1 : index + 2]
        curvature = before - 2 * minimum + after
        return index + 1 + (0.5 * (before - after) / curvature if curvature > 0 else 0.0)
    return index + 1.0


def cents(frequency: Tensor, target: Tensor) -> Tensor:
    """Return how far frequencies lie above the target ones, in hundredths of a semitone."""
    return 1200 * (frequency / target).log2()


def frequency_of(key: Tensor) -> Tensor:
    """Return the frequency of MIDI keys in Hz: 440 for key 69, 12 keys an octave."""
    return 440 * 2 ** ((key.double() - 69) / 12)
