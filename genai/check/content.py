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

MAX_BYTES, MAX_SIDE, MAX_FILM_SIDE, MAX_SECONDS = 20_000_000, 4096, 512, 60
SHRUNK = 4  # the side of a film's pixels that count as one: finer than that, compression has its way
DC_SOURCE = "{http://purl.org/dc/elements/1.1/}source"


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Args:
        modality: text, image or audio.
        label: The label inside; None without one of ours.
        value: A text; in [-1, 1] a sound (T,), a picture (H, W) or (H, W, 3), the pictures of a film (N, H, W, 3).
        step: Of the whole numbers that a sound or a picture is written in.
        compressed: Whether the file holds the pictures only nearly, as MP4 does; then each is shrunk fourfold.
    """

    modality: str
    label: Label | None
    value: str | NDArray[np.floating[Any]]
    step: float = 0.0
    compressed: bool = False


def read(content: bytes) -> Content | None:
    """Read a PNG, WebP, MP4, WAV or text file of at most 20 MB; None if it is none."""
    if len(content) > MAX_BYTES:
        return None
    return _picture(content) or _sound(content) or _film(content) or _text(content)


def _picture(content: bytes) -> Content | None:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            frames = getattr(picture, "n_frames", 1)
            if max(picture.size) > (MAX_SIDE if frames == 1 else MAX_FILM_SIDE) or frames > MAX_FRAMES:
                return None
            written = picture.info.get("genai") or _source(picture.info.get("xmp", b""))
            if frames == 1:
                pixels = np.asarray(picture if picture.mode == "L" else picture.convert("RGB"))
            else:
                pixels = np.stack(list(_frames(picture)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return Content("image", provenance.parse(written) if written else None, pixels / 127.5 - 1, 1 / 127.5)


def _frames(picture: Image.Image) -> Iterator[NDArray[np.uint8]]:
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        yield np.asarray(picture.convert("RGB"))


def _source(xmp: bytes | str) -> str | None:
    """Return what an XMP packet of ours says under dc:source."""
    try:
        return ElementTree.fromstring(xmp).findtext(f".//{DC_SOURCE}")
    except ElementTree.ParseError:
        return None


def _film(content: bytes) -> Content | None:
    try:
        with av.open(io.BytesIO(content), "r", format="mp4") as film:
            stream = film.streams.video[0]
            if max(stream.width, stream.height) > MAX_FILM_SIDE or min(stream.width, stream.height) < SHRUNK:
                return None
            written = _between(film.metadata.get("comment", ""))
            pictures: list[NDArray[np.float32]] = []
            for frame in film.decode(stream):
                if len(pictures) == MAX_FRAMES:
                    return None
                pictures.append(_shrunk(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)))
    except (av.FFmpegError, IndexError, ValueError, OSError):
        return None
    if not pictures:
        return None
    return Content("image", provenance.parse(written), np.stack(pictures), compressed=True)


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the means of squares of 4 x 4 pixels, in [-1, 1]; what is left over at the edges does not count."""
    height, width = (side // SHRUNK for side in pixels.shape[:2])
    squares = pixels[: height * SHRUNK, : width * SHRUNK].reshape(height, SHRUNK, width, SHRUNK, 3)
    means: NDArray[np.float32] = squares.mean(axis=(1, 3), dtype=np.float32)
    return means / np.float32(127.5) - np.float32(1)


def _between(comment: str) -> str:
    """Return the label's JSON in a comment that `provenance` wrote."""
    return comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0]


def _sound(content: bytes) -> Content | None:
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.format != "WAV" or file.channels != 1 or file.frames > MAX_SECONDS * file.samplerate:
                return None
            written = _between(file.comment)
            samples = file.read(dtype="int16").astype(np.float64)
    except (RuntimeError, ValueError):
        return None
    return Content("audio", provenance.parse(written), samples / 32767, 1 / 32767)


def _text(content: bytes) -> Content | None:
    try:
        written = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    before, rule, after = written.rpartition(provenance.RULE)
    if not rule:
        return Content("text", None, written)
    return Content("text", provenance.parse(after.partition("\n")[0].removeprefix("genai: ")), before)
