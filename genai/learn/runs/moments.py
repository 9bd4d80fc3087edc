"""The samples of a training, as the page shows them."""

import io
from pathlib import Path
from typing import Any

import soundfile
from PIL import Image

from genai.ui.views import drawing
from genai.ui.views.files import data_url

COLUMNS = 10
MOST_SOUNDS = 4
WEBP_QUALITY = 85
MOST_ROWS = 4


def read_moment(step: int, path: Path, item: int) -> dict[str, Any]:
    """Read a sample.

    Args:
        step: Of the sample.
        path: A text, a grid of pictures, or sounds one after the other.
        item: Side of a picture in pixels, or length of a sound in samples.
    """
    if path.suffix == ".txt":
        return {"step": step, "text": path.read_text("utf-8")}
    if path.suffix == ".png":
        return {"step": step, **_pictures(path, item)}
    return {"step": step, "sounds": _sounds(path, item)}


def _pictures(path: Path, side: int) -> dict[str, Any]:
    """Return the first rows of the grid, which has ten pictures a row."""
    with Image.open(path) as grid:
        rows = min(MOST_ROWS, grid.height // side)
        part = grid.convert("RGB").crop((0, 0, grid.width, rows * side))
    file = io.BytesIO()
    part.save(file, "WEBP", quality=WEBP_QUALITY)
    return {"picture": data_url("image/webp", file.getvalue()), "columns": part.width // side, "rows": rows}


def _sounds(path: Path, length: int) -> list[dict[str, str]]:
    with path.open("rb") as stream:
        wave, rate = soundfile.read(stream, dtype="float32")
    sounds = []
    for start in range(0, min(len(wave), MOST_SOUNDS * length), length):
        sound = wave[start : start + length]
        file = io.BytesIO()
        soundfile.write(file, sound, rate, format="OGG", subtype="VORBIS")
        sounds.append(
            {"sound": data_url("audio/ogg", file.getvalue()), "spectrogram": drawing.spectrogram(sound, rate)}
        )
    return sounds
