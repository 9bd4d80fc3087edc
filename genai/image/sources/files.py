"""Read picture files of any format as small squares, and arrays from .npz files."""

import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from genai.errors import DataError

# Every format that Pillow opens except PostScript, which Pillow runs as a program in Ghostscript.
SUFFIXES = frozenset(
    suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN and kind != "EPS"
)
REMEDIES = {
    suffix: remedy
    for suffixes, remedy in (
        (
            (".heic", ".heif"),
            "Save .heic pictures as JPEG or PNG; an iPhone takes JPEG with Camera > Formats > Most Compatible.",
        ),
        ((".svg", ".pdf", ".eps", ".ai"), "Save drawings (.svg, .pdf, .eps) as PNG."),
        ((".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2"), "Save raw photographs as JPEG or PNG."),
    )
    for suffix in suffixes
}
"""By extension, what to do with pictures of a kind that is not read."""
WHITES = (255, 4_095, 65_535)  # of 8, 12 and 16 bits
FAINT = 8  # difference of two greys, of 255, that is not seen


def read(path: Path, size: int) -> NDArray[np.uint8]:
    """Read a picture, crop its central square, and resize that.

    Args:
        path: The file; of an animation the first frame is read.
        size: Side of the result in pixels.

    Returns:
        (size, size, 3), 0 to 255. It is on white where it is transparent; on black if nothing would be seen on
        white.

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
        raise DataError(
            "{file} cannot be read as a picture: save it anew as PNG or JPEG.", file=path.name
        ) from error
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
    """Convert to RGB with 8 bits, on a white background, or on a black one if nothing would be seen on white."""
    if picture.mode.startswith(("I", "F")):  # convert() would clip these at 255
        picture = Image.fromarray(_to_eight_bits(np.asarray(picture)))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    on_white, on_black = (
        Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture).convert("RGB")
        for ground in ("white", "black")
    )
    return on_black if _is_blank(on_white) and not _is_blank(on_black) else on_white


def _is_blank(picture: Image.Image) -> bool:
    """Whether all pixels of an RGB picture have about the same colour."""
    return all(high - low < FAINT for low, high in cast(Sequence[tuple[int, int]], picture.getextrema()))


def _to_eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale greys of any type (H, W) to 0 to 255.

    The largest value tells which number is white: that of the fewest bits, 8, 12 or 16, that hold it; among
    fractions 1. Numbers that are larger than those or negative have no usual white, and their range is used.
    """
    if values.dtype.kind == "f":
        values = np.where(np.isfinite(values), values, 0)
    low, high = float(values.min()), float(values.max())
    whites = (1, *WHITES) if values.dtype.kind == "f" else WHITES
    white = next((white for white in whites if low >= 0 and high <= white), None)
    if white:
        low, high = 0.0, float(white)
    scaled = np.subtract(values, low, dtype=np.float32) * (255 / max(high - low, 1e-30))
    greys: NDArray[np.uint8] = np.round(scaled).astype(np.uint8)
    return greys
