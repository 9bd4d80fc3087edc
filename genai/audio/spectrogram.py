"""Sounds as pictures: what the feature networks of sounds read."""

import torch
from torch import Tensor

FRAMES = 64  # width of a picture
FREQUENCIES = 64  # its height
FLOOR = 1e-5  # added to the power: -50 dB; below it there is only noise


def to_pictures(sounds: Tensor) -> Tensor:
    """Return log-power spectrograms (N, 1, 64, 64) in about [-1, 1] of sounds (N, T) in [-1, 1]."""
    fft = 2 * FREQUENCIES
    window = torch.hann_window(fft)
    pictures = []
    for part in torch.split(sounds, 500):
        spectrum = torch.stft(part, fft, part.shape[1] // FRAMES, window=window, return_complex=True)
        power = spectrum.abs().square()[:, :FREQUENCIES, :FRAMES] / (fft / 4) ** 2  # of a full-scale sine: 1
        pictures.append((power + FLOOR).log10()[:, None] / 2.5 + 1)
    return torch.cat(pictures)
