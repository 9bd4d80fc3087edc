"""What a dropped file holds: a picture, a film, a sound or a text, and the label inside it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image

from genai import provenance
from genai.latent.walk import MAX_FRAMES
from genai.provenance import Label

# Limits of what is read, so that a hostile file costs little.
MAX_BYTES = 20_000_000
MAX_SIDE = 4096  # of a picture, in pixels
MAX_FILM_SIDE = 512
MAX_SECONDS = 60  # of a sound

SQUARE = 4
"""Side of the squares of a film's pixels that are averaged: compression changes what is finer."""
DC_SOURCE = "{http://purl.org/dc/elements/1.1/}source"


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Args:
        modality: text, image or audio.
        label: The label inside; None if there is none of ours.
        value: A text; or numbers in [-1, 1]: a sound (T,), a picture (H, W) or (H, W, 3), or the pictures of a
            film (N, H, W, 3).
        step: Between two values that a sound or a picture can hold; 0 for a text and a compressed film.
        compressed: Whether the file holds its pictures only approximately, as MP4 does; then `value` holds the
            means of squares of 4 x 4 pixels.
    """

    modality: str
    label: Label | None
    value: str | NDArray[np.floating[Any]]
    step: float = 0.0
    compressed: bool = False


def read(content: bytes) -> Content | None:
    """Read a PNG, WebP, MP4, WAV or text file of at most 20 MB; None if it is none of these."""
    if len(content) > MAX_BYTES:
        return None
    return _read_picture(content) or _read_sound(content) or _read_film(content) or _read_text(content)


def _read_picture(content: bytes) -> Content | None:
    """Read a PNG or a WebP, also an animated one."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            frames = getattr(picture, "n_frames", 1)
            max_side = MAX_SIDE if frames == 1 else MAX_FILM_SIDE
            if max(picture.size) > max_side or frames > MAX_FRAMES:
                return None
            label = picture.info.get("genai") or _label_in_xmp(picture.info.get("xmp", b""))
            if frames == 1:
                pixels = np.asarray(picture if picture.mode == "L" else picture.convert("RGB"))
            else:
                pixels = np.stack(list(_frames(picture, frames)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return Content("image", provenance.parse(label) if label else None, pixels / 127.5 - 1, step=1 / 127.5)


def _frames(picture: Image.Image, count: int) -> Iterator[NDArray[np.uint8]]:
    for number in range(count):
        picture.seek(number)
        yield np.asarray(picture.convert("RGB"))


def _label_in_xmp(xmp: bytes | str) -> str | None:
    """Return the JSON of the label in an XMP packet of ours, which stands under dc:source."""
    try:
        return ElementTree.fromstring(xmp).findtext(f".//{DC_SOURCE}")
    except ElementTree.ParseError:
        return None


def _read_film(content: bytes) -> Content | None:
    """Read an MP4."""
    try:
        with av.open(io.BytesIO(content), "r", format="mp4") as film:
            stream = film.streams.video[0]
            if max(stream.width, stream.height) > MAX_FILM_SIDE or min(stream.width, stream.height) < SQUARE:
                return None
            label = _label_in_comment(film.metadata.get("comment", ""))
            pictures: list[NDArray[np.float32]] = []
            for frame in film.decode(stream):
                if len(pictures) == MAX_FRAMES:
                    return None
                pictures.append(_average_squares(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)))
    except (av.FFmpegError, IndexError, ValueError, OSError):
        return None
    if not pictures:
        return None
    return Content("image", provenance.parse(label), np.stack(pictures), compressed=True)


def _average_squares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Average squares of 4 x 4 pixels: from (H, W, 3) to (H / 4, W / 4, 3) in [-1, 1], incomplete ones left out."""
    rows, columns = pixels.shape[0] // SQUARE, pixels.shape[1] // SQUARE
    whole = pixels[: rows * SQUARE, : columns * SQUARE]
    squares = whole.reshape(rows, SQUARE, columns, SQUARE, 3)
    means: NDArray[np.float32] = squares.mean(axis=(1, 3), dtype=np.float32)
    return means / np.float32(127.5) - np.float32(1)


def _label_in_comment(comment: str) -> str:
    """Return the JSON of the label in a comment that `provenance` wrote; empty if there is none."""
    return comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0]


def _read_sound(content: bytes) -> Content | None:
    """Read a WAV with one channel."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.format != "WAV" or file.channels != 1 or file.frames > MAX_SECONDS * file.samplerate:
                return None
            label = _label_in_comment(file.comment)
            samples = file.read(dtype="int16").astype(np.float64)
    except (RuntimeError, ValueError):
        return None
    return Content("audio", provenance.parse(label), samples / 32767, step=1 / 32767)


def _read_text(content: bytes) -> Content | None:
    """Read a text in UTF-8, with or without a byte order mark, with line ends of any system."""
    try:
        everything = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    text, rule, footer = everything.rpartition(provenance.RULE)
    if not rule:
        return Content("text", None, everything)
    first_line = footer.partition("\n")[0]
    return Content("text", provenance.parse(first_line.removeprefix("genai: ")), text)
