"""Contact sheet of an unselected sample: python -m genai.publishing.contact_sheet image/fashion sheet.webp.

There is a row for each class, or for ten evenly spread ones if there are more; the seeds count up from 0 along the
row. Sounds are shown as spectrograms, time to the right and frequency upward.
"""

from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from genai import audio, image
from genai.errors import ConfigError, exit_with_sentence
from genai.labels import Labels

ROWS = 10
ROWS_WITHOUT_CLASSES = 6
COLUMNS = 10
FFT = 128  # samples of a spectrogram's window
RANGE_DB = 70  # dynamic range of a spectrogram
GAP = 2  # pixels
QUALITY = 85  # of a lossy file, 0 to 100

Tile = NDArray[np.uint8]  # (H, W, 3)


def rows(labels: Labels) -> list[int | None]:
    """Return the class of each row: all classes or ten evenly spread ones; without classes None for six rows."""
    if not labels:
        return [None] * ROWS_WITHOUT_CLASSES
    count = min(ROWS, len(labels))
    return [int(number) for number in np.linspace(0, len(labels) - 1, count).round()]


def spectrogram(sound: Tensor) -> Tile:
    """Return the power of a sound (T,) in decibels as a picture (64, T / 128, 3), low frequencies at the bottom."""
    window = torch.hann_window(FFT)
    power = torch.stft(sound, FFT, FFT, window=window, return_complex=True)[:-1, :-1].abs().square()
    decibels = 10 * (power / (FFT / 4) ** 2 + 1e-12).log10()  # 0 for a full-scale sine
    grey = (((decibels + RANGE_DB) / RANGE_DB).clamp(0, 1) * 255).byte().flip(0).numpy()
    return np.asarray(ImageOps.colorize(Image.fromarray(grey), "#0b0718", "#fdf6e3", mid="#b5367a"))


def tiles(name: str) -> list[list[Tile]]:
    """Generate all tiles of a sheet, row by row.

    Raises:
        CheckpointError: if there is no such model, or it cannot be used.
        ConfigError: if it is not an image or audio model.
    """
    modality, _, model = name.partition("/")
    if modality not in {"image", "audio"} or not model:
        raise ConfigError("{value} is no image or audio model: name one as in image/fashion.", value=repr(name))
    return _image_tiles(model) if modality == "image" else _audio_tiles(model)


def _image_tiles(name: str) -> list[list[Tile]]:
    model = image.load(name, "cpu")
    sheet = []
    for label, seeds in _label_and_seeds(model.labels):
        results = image.generate(model, [image.ImageRequest(label, seed=seed) for seed in seeds])
        pixels = [((result.image.permute(1, 2, 0) + 1) * 127.5).round().byte().numpy() for result in results]
        sheet.append([np.broadcast_to(tile, (*tile.shape[:2], 3)) for tile in pixels])
    return sheet


def _audio_tiles(name: str) -> list[list[Tile]]:
    model = audio.load(name, "cpu")
    sheet = []
    for label, seeds in _label_and_seeds(model.labels):
        results = audio.generate(model, [audio.AudioRequest(label, seed=seed) for seed in seeds])
        sheet.append([spectrogram(result.waveform) for result in results])
    return sheet


def _label_and_seeds(labels: Labels) -> list[tuple[int | None, range]]:
    """Return the class and the seeds of each row; without classes the seeds count on from row to row."""
    pairs = []
    for number, label in enumerate(rows(labels)):
        first = 0 if labels else number * COLUMNS
        pairs.append((label, range(first, first + COLUMNS)))
    return pairs


def main(name: tyro.conf.Positional[str], file: tyro.conf.Positional[Path]) -> None:
    """Write a contact sheet.

    Args:
        name: Modality and name of a shipped model, such as image/fashion.
        file: The file to write; WebP, PNG, ...
    """
    pictures = tiles(name)
    height, width, _ = pictures[0][0].shape
    step_y = height + GAP
    step_x = width + GAP
    sheet = np.full((len(pictures) * step_y - GAP, COLUMNS * step_x - GAP, 3), 255, np.uint8)
    for row, line in enumerate(pictures):
        for column, tile in enumerate(line):
            top = row * step_y
            left = column * step_x
            sheet[top : top + height, left : left + width] = tile
    Image.fromarray(sheet).save(file, quality=QUALITY)


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
