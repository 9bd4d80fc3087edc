"""Reads single training pictures, if the data set is on this machine.

Reading a whole data set takes seconds and up to a gigabyte: here a file is unpacked only up to the picture.
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
    """Read a picture of a named set, (S, S, C), 0 to 255, by its name in `Pictures.train_ids`.

    Returns:
        None if the data set is not on this machine or not a named one: nothing is downloaded or prepared.

    Raises:
        DataError: if a file of the data set is broken.
    """
    readers = {
        "fashion": (data.FASHION.name, _garment),
        "characters": (avatars.PLACE, _avatar),
        "calligraphy": (glyphs.PLACE, _glyph),
    }
    if data_set not in readers:
        return None
    cache_name, read = readers[data_set]
    path = find_local(cache_name)
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
    return _image(path, int(name))


def _glyph(path: Path, name: str) -> Picture:
    style, _, character = name.rpartition(" ")
    style_number = [names["en"] for names in CALLIGRAPHY.names].index(style)
    styles, codes = files.read_arrays(path, "font", "codepoint")
    rows = np.flatnonzero((styles == style_number) & (codes == ord(character)))
    return _image(path, int(rows[0]))[..., None]


def _image(path: Path, row: int) -> Picture:
    """Read one row of the array "images" in an .npz file."""
    with zipfile.ZipFile(path) as archive, archive.open("images.npy") as stream:
        np.lib.format.read_magic(stream)
        shape, _, _ = np.lib.format.read_array_header_1_0(stream)
        size = math.prod(shape[1:])
        stream.seek(row * size, 1)  # decompresses the rows before without keeping them
        return np.frombuffer(stream.read(size), np.uint8).reshape(shape[1:])
