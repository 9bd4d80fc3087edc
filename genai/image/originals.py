"""One picture of the training part itself, where the data is on this machine.

A whole data set takes seconds and up to a gigabyte to read: here a file is unpacked only as far as its picture.
"""

import gzip
import math
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genai.datasets.cache import find_local
from genai.errors import DataError
from genai.image import data
from genai.image.sources import avatars, files, glyphs
from genai.image.sources.cards import CALLIGRAPHY

Picture = NDArray[np.uint8]


def original(data_set: str, name: str) -> Picture | None:
    """Give a picture of a named set, (S, S, C), 0 to 255, by its name in `Pictures.train_ids`.

    Returns:
        None where the data is not on this machine, or is somebody's own: nothing is downloaded or drawn for this.

    Raises:
        DataError: if the data is here and broken.
    """
    readers = {
        "fashion": (data.FASHION.name, _garment),
        "characters": (avatars.PLACE, _avatar),
        "calligraphy": (glyphs.PLACE, _glyph),
    }
    if data_set not in readers:
        return None
    place, read = readers[data_set]
    path = find_local(place)
    if path is None:
        return None
    try:
        return read(path, name)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError("{file} is broken: remove it and get it again.", file=str(path)) from error


def _garment(folder: Path, name: str) -> Picture:
    with gzip.open(folder / data.FASHION.files[0]) as stream:
        stream.seek(16 + int(name) * 28 * 28)  # after the type and the lengths of three axes, 4 bytes each
        pixels = np.frombuffer(stream.read(28 * 28), np.uint8).reshape(28, 28, 1)
    return np.pad(pixels, ((2, 2), (2, 2), (0, 0)))


def _avatar(path: Path, name: str) -> Picture:
    return _row(path, "images", int(name))


def _glyph(path: Path, name: str) -> Picture:
    hand, _, character = name.rpartition(" ")
    number = [each["en"] for each in CALLIGRAPHY.names].index(hand)
    hands, codes = files.read_arrays(path, "font", "codepoint")
    return _row(path, "images", int(np.flatnonzero((hands == number) & (codes == ord(character)))[0]))[..., None]


def _row(path: Path, name: str, place: int) -> Picture:
    """Read one row of an array of bytes in an .npz file."""
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as stream:
        np.lib.format.read_magic(stream)
        shape, _, _ = np.lib.format.read_array_header_1_0(stream)
        size = math.prod(shape[1:])
        stream.seek(place * size, 1)  # unpacks what it passes, and keeps none of it
        return np.frombuffer(stream.read(size), np.uint8).reshape(shape[1:])
