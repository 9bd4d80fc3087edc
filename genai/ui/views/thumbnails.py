"""Small pictures of results, one by one or as a sheet."""

import io
from collections.abc import Sequence

from PIL import Image

from genai.ui.views.files import data_url

TILE = 40  # pixels, height and width on a sheet


def png_url(picture: Image.Image) -> str:
    """Encode a picture as the data URL of a PNG."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return data_url("image/png", file.getvalue())


def sheet(pictures: Sequence[Image.Image], columns: int) -> str:
    """Lay pictures out as `lay_out`, as the data URL of one PNG."""
    return png_url(lay_out(pictures, columns))


def lay_out(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Lay pictures out row by row, each scaled to 40 x 40 pixels."""
    rows = -(-len(pictures) // columns)
    canvas = Image.new("RGB", (columns * TILE, rows * TILE))
    for position, picture in enumerate(pictures):
        row, column = divmod(position, columns)
        tile = picture.convert("RGB").resize((TILE, TILE), Image.Resampling.LANCZOS)
        canvas.paste(tile, (column * TILE, row * TILE))
    return canvas
