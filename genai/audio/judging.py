"""Train the judges of a sound data set: python -m genai.audio.judging digits."""

import sys
from pathlib import Path

import torch
import tyro
from torch import Tensor

from genai.audio import data
from genai.errors import GenaiError
from genai.quality import shipped_networks
from genai.quality.feature_network import BATCH
from genai.quality.shipped_networks import LabelledItems
from genai.seeds import make_rng

FRAMES, FREQUENCIES = 64, 64  # of the picture that a judge sees
FLOOR = 1e-5  # added to the power: -50 dB; below it lies noise, which says nothing of the sound
SHIFT = 0.03  # seconds
GAIN_DB = 9.0


def to_pictures(sounds: Tensor) -> Tensor:
    """Return log-power spectrograms (N, 1, 64, 64) in about [-1, 1] of sounds (N, T) in [-1, 1]."""
    fft = 2 * FREQUENCIES
    window, pictures = torch.hann_window(fft), []
    for part in torch.split(sounds, 500):
        spectrum = torch.stft(part, fft, part.shape[1] // FRAMES, window=window, return_complex=True)
        power = spectrum.abs().square()[:, :FREQUENCIES, :FRAMES] / (fft / 4) ** 2  # a full-scale sine has 1
        pictures.append((power + FLOOR).log10()[:, None] / 2.5 + 1)
    return torch.cat(pictures)


def draw(clips: data.Clips, step: int) -> tuple[Tensor, Tensor]:
    """Draw a batch of the training part, moved in time and turned down at random."""
    rng = make_rng(0, 6, step)
    rows = torch.randint(len(clips.train), (BATCH,), generator=rng)
    sounds = clips.train[rows].float() / 32768
    largest = round(SHIFT * clips.sample_rate)
    shifts = torch.randint(-largest, largest + 1, (BATCH,), generator=rng).tolist()
    moved = torch.stack([sound.roll(shift) for sound, shift in zip(sounds, shifts, strict=True)])
    gain = 10 ** (-GAIN_DB / 20 * torch.rand(BATCH, 1, generator=rng))
    return to_pictures(moved * gain), clips.train_labels[rows]


def main(
    name: tyro.conf.Positional[str], *, samples: int = 8192, steps: int = 800, folder: Path = Path("runs/judges")
) -> None:
    """Train both judges of a data set and say how well they hear.

    Args:
        name: digits, drums, notes, or a folder of sounds.
        samples: Length of a sound, 8192 or 16384.
        steps: Steps of training, of 64 sounds.
        folder: Where the files go.
    """
    clips = data.load(name, samples)
    test = LabelledItems(to_pictures(clips.test.float() / 32768), clips.test_labels)
    classes = clips.train_labels
    shipped_networks.train_networks(
        "audio", clips.card, clips.labels, lambda s: draw(clips, s), classes, test, steps, folder
    )


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
