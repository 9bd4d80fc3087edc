"""Own data as files, in the form that the commands of training read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import soundfile
from PIL import Image

from genai.audio.recordings import RATE
from genai.datasets.folders import variation_name
from genai.errors import DataError
from genai.learn.data.content import Item, Picture, Sketch, Sound
from genai.learn.data.raster import Form
from genai.seeds import make_rng

PICTURES = 1_000
"""Pictures that are made of all drawings together, about: an epoch of a training."""
MOST_OF_ONE = 60
"""Pictures that are made of one drawing at most."""
OF_A_PHOTOGRAPH = 8
OF_A_SOUND = 4
SEED = 0
"""Of the variations: the same drawings give the same files."""
UNNAMED = "all"
"""Folder of items without a class."""
TITLES = {"text": "own-text", "image": "own-pictures", "audio": "own-sounds"}
"""Names of the data, which a model that learns from them gets."""


def write_text(target: Path, text: str) -> Path:
    """Write a text into a folder that is made for it; return the path of the file."""
    file = target / f"{TITLES['text']}.txt"
    with _disk(target):
        file.write_text(text, encoding="utf-8", newline="\n")
    return file


def write_pictures(target: Path, items: Sequence[Item], form: Form) -> Path:
    """Write each drawing or picture and its variations as PNG files, in a folder for each class.

    The variations of one drawing are named after it, so that all of them are in the same part, training or test.

    Args:
        target: Folder that is made.
        items: Drawings and pictures; others are left out.
        form: Of the pictures.

    Returns:
        The folder of the folders.
    """
    home = target / TITLES["image"]
    drawings = sum(isinstance(item.content, Sketch) for item in items)
    of_a_drawing = min(MOST_OF_ONE, -(-PICTURES // max(1, drawings)))
    with _disk(home):
        for item in items:
            if not isinstance(item.content, Sketch | Picture):
                continue
            count = of_a_drawing if isinstance(item.content, Sketch) else OF_A_PHOTOGRAPH
            for n in range(count):
                rng = make_rng(SEED, item.number, n) if n else None  # the first is the item itself
                path = _path(home, item, n, ".png")
                Image.fromarray(item.content.picture(form, rng)).save(path, compress_level=1)
    return home


def write_sounds(target: Path, items: Sequence[Item]) -> Path:
    """Write each sound and its variations as WAV files, in a folder for each class; return the folder of these."""
    home = target / TITLES["audio"]
    with _disk(home):
        for item in items:
            if not isinstance(item.content, Sound):
                continue
            for n in range(OF_A_SOUND):
                rng = make_rng(SEED, item.number, n)
                wave = item.content.varied(rng) if n else item.content.wave
                soundfile.write(_path(home, item, n, ".wav"), wave, RATE, subtype="PCM_16")
    return home


def _path(home: Path, item: Item, number: int, suffix: str) -> Path:
    """Return where a variation of an item is written; its folder is made."""
    folder = home / (item.label or UNNAMED)
    folder.mkdir(exist_ok=True)
    return folder / variation_name(f"{item.number:03d}{suffix}", number)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Make a folder to write files into; a full disk is an error with a sentence."""
    try:
        folder.mkdir(parents=True)
        yield
    except OSError as error:
        raise DataError(
            "{file} cannot be written: {reason}.", file=folder.name, reason=error.strerror or "disk error"
        ) from error
