"""Train the feature networks (judges) of a sound data set: python -m genai.audio.judging digits."""

from pathlib import Path

import torch
import tyro
from torch import Tensor

from genai.audio import data
from genai.errors import exit_with_sentence
from genai.quality import shipped_networks
from genai.quality.feature_network import BATCH
from genai.quality.shipped_networks import LabelledItems
from genai.seeds import make_rng

FRAMES = 64  # width of the picture that a feature network gets
FREQUENCIES = 64  # its height
FLOOR = 1e-5  # added to the power: -50 dB; below it there is only noise
SHIFT = 0.03  # seconds
GAIN_DB = 9.0


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


def draw(clips: data.Clips, step: int) -> tuple[Tensor, Tensor]:
    """Draw a batch of the training part, shifted in time and turned down at random."""
    rng = make_rng(0, 6, step)
    rows = torch.randint(len(clips.train), (BATCH,), generator=rng)
    sounds = data.to_unit(clips.train[rows])
    largest = round(SHIFT * clips.sample_rate)
    shifts = torch.randint(-largest, largest + 1, (BATCH,), generator=rng).tolist()
    shifted = torch.stack([sound.roll(shift) for sound, shift in zip(sounds, shifts, strict=True)])
    gain = 10 ** (-GAIN_DB / 20 * torch.rand(BATCH, 1, generator=rng))
    return to_pictures(shifted * gain), clips.train_labels[rows]


def main(
    name: tyro.conf.Positional[str], *, samples: int = 8192, steps: int = 800, folder: Path = Path("runs/judges")
) -> None:
    """Train both judges of a data set and print their accuracy.

    Args:
        name: digits, drums, notes, or a folder of sounds.
        samples: Length of a sound, 8192 or 16384.
        steps: Steps of training, of 64 sounds.
        folder: Where the files go.
    """
    clips = data.load(name, samples)
    shipped_networks.train_networks(
        modality="audio",
        card=clips.card,
        labels=clips.labels,
        draw=lambda step: draw(clips, step),
        classes=clips.train_labels,
        test=LabelledItems(to_pictures(data.to_unit(clips.test)), clips.test_labels),
        steps=steps,
        folder=folder,
    )


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
