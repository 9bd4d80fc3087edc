"""Read picture files of any format as small squares, and arrays from .npz files."""

import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from genai.errors import DataError

# Every format that Pillow opens except PostScript, which Pillow runs as a program in Ghostscript.
SUFFIXES = frozenset(
    suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN and kind != "EPS"
)


def read(path: Path, size: int) -> NDArray[np.uint8]:
    """Read a picture, crop its central square, and resize that.

    Args:
        path: The file; of an animation the first frame is read.
        size: Side of the result in pixels.

    Returns:
        (size, size, 3), 0 to 255, on white where it is transparent.

    Raises:
        DataError: if the file is broken, not a picture, or would need too much memory.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns above 89 million pixels: such a file may be small on disk and huge in memory.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                picture.draft("RGB", (4 * size, 4 * size))  # decode large JPEG files at a fraction of their size
                upright = ImageOps.exif_transpose(picture)
                square = ImageOps.fit(_opaque(upright), (size, size), Image.Resampling.LANCZOS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DataError(
            "{file} has too many pixels: make it smaller than {limit} million pixels.",
            file=path.name,
            limit=(Image.MAX_IMAGE_PIXELS or 0) // 10**6,
        ) from error
    except Exception as error:  # decoders raise all kinds of exceptions for broken files
        raise DataError("{file} cannot be read as a picture.", file=path.name) from error
    return np.asarray(square)


def read_arrays(path: Path, *names: str) -> list[NDArray[Any]]:
    """Read arrays from an .npz file.

    Raises:
        DataError: if the file is broken or lacks one of them.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError("{file} is broken: remove it and get it again.", file=str(path)) from error


def _opaque(picture: Image.Image) -> Image.Image:
    """Convert to RGB on a white background."""
    if picture.mode.startswith("I;16"):  # 16-bit grey, which convert() would clip at 255
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
