"""How much of a voice repeats from one period to the next, and how much is noise: hoarse voices have more noise.

Source of the method: Boersma 1993, "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound".
"""

import torch
from torch import Tensor
from torch.nn import functional as F

LOWEST_HZ = 75.0  # of a voice, as in Praat
HIGHEST_HZ = 400.0
FRAME_PERIODS = 4.5  # of the lowest pitch: 60 ms, as in Praat
OVERSAMPLING = 4  # of the autocorrelation: the period of a high voice is no whole number of samples
LARGEST = 1 - 1e-4  # correlation, so that a ratio is at most 40 dB
CLEAR_DB = 20.0  # ratios above count alike in a distance: a voice is clear


def harmonics_to_noise(sounds: Tensor, rate: int) -> Tensor:
    """Return the harmonics-to-noise ratio (N,), in decibels, of the loudest 60 ms of sounds (N, T).

    0 means as much energy in the part that repeats as in the one that does not. Above 30 dB, only sounds in float64
    have an exact one.
    """
    frames = loudest_frames(sounds, round(FRAME_PERIODS * rate / LOWEST_HZ))
    shortest = round(OVERSAMPLING * rate / HIGHEST_HZ)
    longest = round(OVERSAMPLING * rate / LOWEST_HZ)
    correlations = autocorrelation(frames, shortest, longest)
    periodic = correlations.amax(dim=1).clamp(1e-4, LARGEST)
    return 10 * (periodic / (1 - periodic)).log10()


def harmonicity_distance(real: Tensor, generated: Tensor, rate: int) -> Tensor:
    """Return how far the clearness of generated sounds is from that of as many real ones, in decibels.

    The mean difference of the harmonics-to-noise ratios, each sorted: the Wasserstein distance of the two samples,
    which has a gradient for each generated sound.

    Args:
        real: (B, T).
        generated: (B, T).
        rate: In Hz.
    """
    ratios = [harmonics_to_noise(sounds, rate).clamp(max=CLEAR_DB).sort().values for sounds in (real, generated)]
    return (ratios[1] - ratios[0]).abs().mean()


def loudest_frames(sounds: Tensor, size: int) -> Tensor:
    """Return the frame (N, size) of each sound (N, T) that has the most energy."""
    energies = F.avg_pool1d(sounds.square()[:, None], size, stride=1)[:, 0]
    positions = energies.argmax(dim=1, keepdim=True) + torch.arange(size, device=sounds.device)
    return sounds.gather(1, positions)


def autocorrelation(frames: Tensor, shortest: int, longest: int) -> Tensor:
    """Return the autocorrelation of frames (N, size) at some lags, as a fraction of that at lag 0.

    That of the windowed frame over that of the window itself, which takes back what the window tapers (equation 9).
    The window's comes close to 0 towards the longest lag that there is.

    Args:
        frames: (N, size).
        shortest: Of the lags, in parts of a sample: OVERSAMPLING make one.
        longest: Of the lags, below OVERSAMPLING * size.

    Returns:
        (N, longest - shortest + 1).
    """
    lags = slice(shortest, longest + 1)
    size = frames.shape[1]
    window = torch.hann_window(size, dtype=frames.dtype, device=frames.device)
    centred = frames - frames.mean(dim=1, keepdim=True)
    return _correlate(centred * window)[:, lags] / _correlate(window[None])[:, lags]


def _correlate(frames: Tensor) -> Tensor:
    size = frames.shape[1]
    power = torch.fft.rfft(frames, 2 * size).abs().square()  # twice the length, so that it does not wrap around
    lags: Tensor = torch.fft.irfft(power, 2 * size * OVERSAMPLING)[:, : size * OVERSAMPLING]
    return lags / lags[:, :1].clamp(min=1e-12)
