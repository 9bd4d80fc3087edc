"""Pictures for slides: each pixel enlarged to a square, and a contact sheet of consecutive seeds."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from genai import provenance
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.latent.requests import consecutive_seeds

FACTOR = 8
"""How many times a picture is enlarged."""
MAX_SHEET = 2048
"""Pixels across all pictures of a row; where they would take more, they are enlarged less."""
GAP = 12  # pixels around each picture
CAPTION = 22  # pixels of height, for the seed
LETTER_SCALE = 2  # the font has 11 pixels in height
WHITE = 255
INK = 64

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class SheetRequest:
    """Request for a contact sheet.

    Args:
        label: Name or number of the class of all pictures; "any" or None lets each seed choose.
        seed: Of the first picture; those of the others count up from it.
        count: Pictures, 1 to 64.
        truncation: 0 to 1, the factor of every z.
        variant: Name or number of the variant of all pictures; "any" or None lets each seed choose.
    """

    label: str | int | None = None
    seed: int = 0
    count: int = 16
    truncation: float = 1.0
    variant: str | int | None = None

    def requests(self) -> list[ImageRequest]:
        """Return the requests of the pictures, in their order.

        Raises:
            ConfigError: if a value is out of its range.
        """
        return consecutive_seeds(ImageRequest(self.label, self.seed, self.truncation, self.variant), self.count)


def enlarge(picture: Tensor, factor: int = FACTOR) -> Tensor:
    """Turn each pixel of a picture (C, H, W) into a square: (C, H * factor, W * factor)."""
    return picture.repeat_interleave(factor, dim=1).repeat_interleave(factor, dim=2)


def contact_sheet(model: ImageModel, request: SheetRequest) -> Pixels:
    """Draw the pictures of consecutive seeds in rows on white, each with its seed below.

    Returns:
        (H, W) of a grey model, (H, W, 3) of a coloured one.

    Raises:
        ConfigError: if a value is out of its range, or the model has no such label.
    """
    results = generate(model, request.requests())
    columns = columns_for(len(results))
    scale = sheet_scale(results[0].image.shape[-1], len(results))
    cells = [_cell(result, scale) for result in results]
    blank = np.full_like(cells[0], WHITE)
    cells += [blank] * (-len(cells) % columns)
    rows = [np.concatenate(cells[first : first + columns], axis=1) for first in range(0, len(cells), columns)]
    return np.concatenate(rows)


def columns_for(count: int) -> int:
    """Return the columns of a sheet: at least as many as rows, with the fewest places left empty."""
    candidates = range(ceil(sqrt(count)), ceil(2 * sqrt(count)) + 1)
    return min(candidates, key=lambda columns: (-count % columns, columns))


def sheet_scale(side: int, count: int) -> int:
    """Return how many times the pictures of a sheet are enlarged.

    Args:
        side: Of a picture, in pixels.
        count: Of the pictures.
    """
    return max(1, min(FACTOR, MAX_SHEET // (columns_for(count) * side)))


def _cell(result: ImageResult, scale: int) -> Pixels:
    """Draw a picture with a margin around it and its seed below."""
    pixels = provenance.to_uint8(enlarge(result.image, scale))
    height, width = pixels.shape[:2]
    cell = np.full((height + 2 * GAP + CAPTION, width + 2 * GAP, *pixels.shape[2:]), WHITE, np.uint8)
    cell[GAP : GAP + height, GAP : GAP + width] = pixels
    caption = _digits(result.seed)[:, :width]
    ink = caption if pixels.ndim == 2 else caption[..., None]
    top = GAP + height + 2
    cell[top : top + len(caption), GAP : GAP + caption.shape[1]] = ink
    return cell


def _digits(number: int) -> NDArray[Any]:
    """Draw a number, dark on white, in Pillow's bitmap font, which gives the same pixels on every machine."""
    font = ImageFont.load_default_imagefont()
    width, height = (int(edge) for edge in font.getbbox(str(number))[2:])
    picture = Image.new("L", (width, height), WHITE)
    ImageDraw.Draw(picture).text((0, 0), str(number), fill=INK, font=font)
    pixels = np.asarray(picture)
    return pixels.repeat(LETTER_SCALE, axis=0).repeat(LETTER_SCALE, axis=1)
