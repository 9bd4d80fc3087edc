"""Train the feature networks (judges) of a sound data set: python -m genai.audio.judging digits."""

from pathlib import Path

import torch
import tyro
from torch import Tensor

from genai.audio import data
from genai.audio.spectrogram import to_pictures
from genai.errors import exit_with_sentence
from genai.gan.judges import train_judges
from genai.quality.feature_network import BATCH
from genai.seeds import make_rng

SHIFT = 0.03  # seconds
GAIN_DB = 9.0


def draw(clips: data.Clips, step: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Draw a batch of the training part, shifted in time and turned down at random."""
    rng = make_rng(seed, 6, step)
    rows = torch.randint(len(clips.train), (BATCH,), generator=rng)
    sounds = data.to_unit(clips.train[rows])
    largest = round(SHIFT * clips.sample_rate)
    shifts = torch.randint(-largest, largest + 1, (BATCH,), generator=rng).tolist()
    shifted = torch.stack([sound.roll(shift) for sound, shift in zip(sounds, shifts, strict=True)])
    gain = 10 ** (-GAIN_DB / 20 * torch.rand(BATCH, 1, generator=rng))
    return to_pictures(shifted * gain), clips.train_labels[rows]


def main(
    name: tyro.conf.Positional[str],
    *,
    samples: int = 8192,
    steps: int = 800,
    seed: int = 0,
    folder: Path = Path("runs/judges"),
) -> None:
    """Train both judges of a data set and print their accuracy.

    Args:
        name: digits, drums, notes, or a folder of sounds.
        samples: Length of a sound, 8192 or 16384.
        steps: Steps of training, of 64 sounds.
        seed: Of initial weights and batches; the shipped judges have 0.
        folder: Where the files go.
    """
    clips = data.load(name, samples)
    train_judges(clips, lambda step: draw(clips, step, seed), steps, folder, seed=seed)


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
