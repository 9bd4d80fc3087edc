"""Faults of generated sounds that are heard but that no feature network was trained to notice: tones and clicks."""

import torch
from torch import Tensor

from genai.audio.model import STRIDE, WaveGANConfig

FFT = 2048  # samples of a frame of the spectrum
MIN_BINS = 12  # bins of it from one multiple to the next, fewer leave no neighbours to compare with
TAIL = 0.5  # share of a sound, counted from its end, in which a tone is looked for: there no stroke covers it
NEAR = 2  # bins beside a tone that belong to it, because of the window
EDGE = 4  # samples at either end in which a click is looked for


def upsampling_rates(config: WaveGANConfig, rate: int) -> list[float]:
    """Return the rates, in Hz, at which a generator's layers repeat themselves, without those too low to measure.

    A transposed convolution treats each phase of its stride alike, which leaves tones at multiples of the rate
    before it (Donahue et al. 2019, arXiv 1802.04208); frames of a short-time Fourier transform do so at their own
    rate.

    Args:
        config: Of the generator.
        rate: Of its sounds, in samples a second.
    """
    if config.head == "spectrum":
        rates = [config.overlap * rate / config.fft]
    else:
        rates = [rate / STRIDE**layer for layer in (1, 2, 3, 4)]
    return [value for value in rates if value >= MIN_BINS * rate / FFT]


def tone_excess(sounds: Tensor, rate: int, spacing: float) -> float:
    """Measure how far tones at the multiples of a frequency stand out of the tails of sounds.

    Args:
        sounds: (N, T).
        rate: In samples a second.
        spacing: In Hz.

    Returns:
        The level at the most prominent multiple over the median level up to half the spacing away, in decibels, of
        the mean spectrum of all tails, each normalised to the same power.
    """
    tails = sounds[:, round((1 - TAIL) * sounds.shape[1]) :]
    tails = tails / tails.square().mean(dim=1, keepdim=True).sqrt().clamp(min=1e-6)
    spectrum = torch.stft(tails, FFT, FFT // 2, window=torch.hann_window(FFT), center=False, return_complex=True)
    power = spectrum.abs().square().mean(dim=(0, 2))  # (FFT / 2 + 1,)
    excesses = []
    half = int(spacing / 2 * FFT / rate)
    for multiple in torch.arange(spacing, rate / 2 - spacing / 2, spacing).tolist():
        centre = round(multiple * FFT / rate)
        tone = power[centre - 1 : centre + 2].max()
        below = power[centre - half : centre - NEAR]
        above = power[centre + NEAR + 1 : centre + half + 1]
        neighbours = torch.cat([below, above]).median()
        excesses.append(10 * (tone / neighbours.clamp(min=1e-20)).log10().item())
    return max(excesses)


def click_levels(sounds: Tensor) -> Tensor:
    """Return the largest sample within four of either end, in decibels below each sound's peak: (N,).

    Args:
        sounds: (N, T); a silent one counts as free of clicks, with -100 dB.
    """
    ends = torch.cat([sounds[:, :EDGE], sounds[:, -EDGE:]], dim=1).abs().amax(dim=1)
    peaks = sounds.abs().amax(dim=1).clamp(min=1e-6)
    return 20 * (ends / peaks).clamp(min=1e-5).log10()
