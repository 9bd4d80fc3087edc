"""Train the feature networks (judges) of an image data set: python -m genai.image.judging fashion."""

from pathlib import Path

import torch
import tyro
from torch import Tensor

from genai.errors import exit_with_sentence
from genai.gan.judges import train_judges
from genai.image import data
from genai.quality.feature_network import BATCH, Precision, random_blur, random_shift
from genai.seeds import make_rng

SHIFT = 2  # pixels: the features should not depend on the exact position


def draw(pictures: data.Pictures, step: int, blur: float = 0, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Draw a batch of the training part, shifted at random: pictures, and their classes and attributes if any."""
    rows = torch.randint(len(pictures.train), (BATCH,), generator=make_rng(seed, 6, step))
    shifted = random_shift(data.to_unit(pictures.train[rows]), SHIFT, seed, step)
    shifted = random_blur(shifted, blur, seed, step)
    classes = pictures.train_labels[rows]
    if not pictures.known.attributes:
        return shifted, classes
    return shifted, torch.cat([classes[:, None], pictures.known.train[rows]], dim=1)


def main(
    name: tyro.conf.Positional[str],
    *,
    size: int = 32,
    steps: int = 6000,
    blur: float = 0,
    precision: Precision = "no",
    seed: int = 0,
    folder: Path = Path("runs/judges"),
) -> None:
    """Train both judges of a data set and print their accuracy.

    Args:
        name: fashion, characters, calligraphy, or a folder of pictures.
        size: Height and width in pixels, 32 or 64.
        steps: Steps of training, of 64 pictures.
        blur: Half of the pictures are blurred by up to so many pixels, so that the features hardly depend on it.
        precision: bf16 is faster where the processor multiplies in it.
        seed: Of initial weights and batches; the shipped judges have 0.
        folder: Where the files go.
    """
    pictures = data.load(name, size)
    train_judges(
        pictures,
        lambda step: draw(pictures, step, blur, seed),
        steps,
        folder,
        precision=precision,
        seed=seed,
    )


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
