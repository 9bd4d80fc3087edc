"""What a model makes, unchosen, as one picture: python -m genai.publishing.contact_sheet image/fashion sheet.webp.

A row for each class (ten, evenly spread, if there are more), seeds counting up from 0 along the row; sounds as
spectrograms, time to the right, frequency upward.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from genai import audio, image
from genai.errors import ConfigError, GenaiError
from genai.labels import Labels

ROWS, COLUMNS = 10, 10
FFT, RANGE_DB = 128, 70  # of a spectrogram
GAP = 2  # pixels
QUALITY = 85


def rows(labels: Labels) -> list[int | None]:
    """Choose the classes of the rows: all, or ten evenly spread ones; without classes, six rows of no class."""
    if not labels:
        return [None] * 6
    return [int(place) for place in np.linspace(0, len(labels) - 1, min(ROWS, len(labels))).round()]


def spectrogram(sound: Tensor) -> NDArray[np.uint8]:
    """Return the power of a sound (T,) in decibels as a picture (64, T / 128, 3), the low frequencies below."""
    window = torch.hann_window(FFT)
    power = torch.stft(sound, FFT, FFT, window=window, return_complex=True)[:-1, :-1].abs().square()
    decibels = 10 * (power / (FFT / 4) ** 2 + 1e-12).log10()  # a full-scale sine has 0
    grey = (((decibels + RANGE_DB) / RANGE_DB).clamp(0, 1) * 255).byte().flip(0).numpy()
    return np.asarray(ImageOps.colorize(Image.fromarray(grey), "#0b0718", "#fdf6e3", mid="#b5367a"))


def tiles(name: str) -> list[list[NDArray[np.uint8]]]:
    """Make all pictures of a sheet, row by row, each (H, W, 3).

    Raises:
        CheckpointError: if there is no such model, or it cannot be used.
        ConfigError: if it makes neither pictures nor sounds.
    """
    modality, _, model = name.partition("/")
    if modality not in {"image", "audio"} or not model:
        raise ConfigError("{value} is no image or audio model: name one as in image/fashion.", value=repr(name))
    found = []
    if modality == "image":
        drawer = image.load(model, "cpu")
        for number, row in enumerate(rows(drawer.labels)):
            first = 0 if drawer.labels else number * COLUMNS
            drawn = image.generate(drawer, [image.ImageRequest(row, seed=first + n) for n in range(COLUMNS)])
            pixels = [((one.image.permute(1, 2, 0) + 1) * 127.5).round().byte().numpy() for one in drawn]
            found.append([np.broadcast_to(p, (*p.shape[:2], 3)) for p in pixels])
    else:
        player = audio.load(model, "cpu")
        for number, row in enumerate(rows(player.labels)):
            first = 0 if player.labels else number * COLUMNS
            played = audio.generate(player, [audio.AudioRequest(row, seed=first + n) for n in range(COLUMNS)])
            found.append([spectrogram(one.waveform) for one in played])
    return found


def main(name: tyro.conf.Positional[str], file: tyro.conf.Positional[Path]) -> None:
    """Make a contact sheet.

    Args:
        name: Modality and name of a shipped model, such as image/fashion.
        file: Where to; WebP, PNG, ...
    """
    pictures = tiles(name)
    height, width = (size + GAP for size in pictures[0][0].shape[:2])
    sheet = np.full((len(pictures) * height - GAP, COLUMNS * width - GAP, 3), 255, np.uint8)
    for y, line in enumerate(pictures):
        for x, tile in enumerate(line):
            sheet[y * height : (y + 1) * height - GAP, x * width : (x + 1) * width - GAP] = tile
    Image.fromarray(sheet).save(file, quality=QUALITY)


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
