"""One item of own data: a text, a drawing, a picture or a sound, read from what a browser sent."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from genai.audio.augmentation import resample
from genai.audio.recordings import RATE, cut_at_silences, read_samples
from genai.errors import DataError
from genai.learn.data import raster, strokes
from genai.text import charset
from genai.ui.views.files import data_url

MAX_CHARACTERS = 1_000_000
PICTURE_SIDE = 128
"""Pixels of a picture that is kept."""
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 4_000_000
FAINT = 8
"""Difference of two greys, of 255, that is not seen."""
MAX_SECONDS = 30
"""Of one recording."""
PEAKS = 48
"""Bars of which a sound's picture consists."""
SPEED = 0.05
"""Largest change of the speed of a sound's variations, as a share."""
CROP = 0.1
"""Largest part of a picture's side that its variations lack."""
TILT = 6.0
"""Largest angle, in degrees, by which variations of a picture are turned."""
LIGHT = 0.15
"""Largest change of the brightness of a picture's variations, as a share."""


class Content(Protocol):
    """What all kinds of items have."""

    @property
    def digest(self) -> str:
        """By which an item that comes twice is recognised."""

    @property
    def size(self) -> int:
        """Bytes in memory."""

    def preview(self) -> dict[str, Any]:
        """Return what the page shows of the item, as JSON."""


@dataclass(frozen=True)
class Text:
    """A text.

    Args:
        text: Its lines end in a line feed.
        name: Of its file; "" for a text that was pasted.
    """

    text: str
    name: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the characters."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes in UTF-8."""
        return len(self.text.encode())

    def preview(self) -> dict[str, Any]:
        """Return the beginning."""
        return {"kind": "text", "name": self.name, "text": self.text[:160], "characters": len(self.text)}


@dataclass(frozen=True)
class Sketch:
    """A drawing."""

    drawing: strokes.Drawing

    @property
    def digest(self) -> str:
        """Of the strokes."""
        return self.drawing.digest

    @property
    def size(self) -> int:
        """Bytes of the points."""
        return sum(stroke.nbytes for stroke in self.drawing.strokes)

    def preview(self) -> dict[str, Any]:
        """Return the strokes, which the browser draws."""
        return {"kind": "strokes", "strokes": self.drawing.to_json()}

    def picture(self, form: raster.Form, rng: torch.Generator | None = None) -> NDArray[np.uint8]:
        """Return the drawing as a picture (size, size, 3); a variation where there is a generator."""
        lines = strokes.vary(self.drawing, rng) if rng else list(self.drawing.strokes)
        return raster.draw(lines, form)


@dataclass(frozen=True)
class Picture:
    """A photograph or another picture.

    Args:
        pixels: (128, 128, 3), 0 to 255.
    """

    pixels: NDArray[np.uint8]

    @property
    def digest(self) -> str:
        """SHA-256 of the pixels."""
        return hashlib.sha256(self.pixels.tobytes()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.pixels.nbytes

    def preview(self) -> dict[str, Any]:
        """Return the picture, half as large."""
        small = Image.fromarray(self.pixels).resize((64, 64))
        return {"kind": "picture", "picture": data_url("image/webp", _encoded(small))}

    def picture(self, form: raster.Form, rng: torch.Generator | None = None) -> NDArray[np.uint8]:
        """Return the picture (size, size, 3); turned, cropped and lit a little where there is a generator."""
        picture = Image.fromarray(self.pixels)
        if rng:
            tilt, crop, light = (torch.rand(3, generator=rng) * 2 - 1).tolist()
            picture = picture.rotate(TILT * tilt, Image.Resampling.BILINEAR, fillcolor=_corner(self.pixels))
            picture = ImageOps.crop(picture, round(abs(crop) * CROP / 2 * PICTURE_SIDE))
            picture = ImageEnhance.Brightness(picture).enhance(1 + LIGHT * light)
        resized = picture.resize((form.size, form.size), Image.Resampling.LANCZOS)
        if form.is_grey:
            resized = ImageOps.grayscale(resized).convert("RGB")
        return np.asarray(resized)


@dataclass(frozen=True)
class Sound:
    """A sound.

    Args:
        wave: (T,), 16-bit PCM, 16,000 samples a second.
    """

    wave: NDArray[np.int16]

    @property
    def digest(self) -> str:
        """SHA-256 of the samples."""
        return hashlib.sha256(self.wave.tobytes()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.wave.nbytes

    def preview(self) -> dict[str, Any]:
        """Return the peaks of the sound, 0 to 100, and its length in seconds."""
        parts = np.array_split(np.abs(self.wave.astype(np.int32)), PEAKS)
        loudest = max(1, int(np.abs(self.wave.astype(np.int32)).max()))
        peaks = [round(100 * int(part.max(initial=0)) / loudest) for part in parts]
        return {"kind": "sound", "peaks": peaks, "seconds": round(len(self.wave) / RATE, 2)}

    def as_file(self) -> str:
        """Return a WAV file of the sound, as a data URL."""
        file = io.BytesIO()
        soundfile.write(file, self.wave, RATE, format="WAV", subtype="PCM_16")
        return data_url("audio/wav", file.getvalue())

    def varied(self, rng: torch.Generator) -> NDArray[np.int16]:
        """Return the sound a little faster or slower, as another recording of it would be."""
        speed = 1 + SPEED * (torch.rand(1, 1, generator=rng) * 2 - 1)
        # A slower sound is longer: silence at the end makes room for it.
        padded = np.pad(self.wave, (0, round(SPEED * len(self.wave)) + 1)).astype(np.float32)
        played = resample(torch.from_numpy(padded)[None], speed, torch.zeros(1, 1))[0]
        return played.round().numpy().astype(np.int16)


@dataclass(frozen=True)
class Item:
    """An item of a collection.

    Args:
        number: From 1, in the order in which the items came.
        label: Name of its class, "" for none.
        content: The text, drawing, picture or sound.
    """

    number: int
    label: str
    content: Content

    def to_json(self) -> dict[str, Any]:
        """Return the item as the page shows it."""
        return {"item": self.number, "class": self.label, **self.content.preview()}


def read_pasted(value: object) -> Text:
    """Read a text that was typed or pasted.

    Raises:
        DataError: if it is no text, blank or too long.
    """
    if not isinstance(value, str):
        raise DataError("A text must be a string of characters. Paste it into the box of the page.")
    return _checked(value, "")


def read_text_file(data: bytes, name: str) -> Text:
    """Read a text file, in UTF-8, GB 18030 or another encoding that can be told.

    Raises:
        DataError: if it is not a text, blank or too long.
    """
    try:
        text = charset.decode(data, name)
    except DataError as error:  # its sentence names an option of the command line
        raise DataError(
            "The file is not text, or its encoding cannot be told. Open it in an editor, save it as UTF-8, and "
            "choose it again."
        ) from error
    return _checked(text, name)


def _checked(text: str, name: str) -> Text:
    printable = text.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    if not printable.strip():
        raise DataError("The text is blank: paste one with letters in it.")
    if len(printable) > MAX_CHARACTERS:
        raise DataError(
            "The text has {count} characters, which is too much to learn here in minutes: at most {most} are "
            "possible. Take a part of it.",
            count=f"{len(printable):,}",
            most=f"{MAX_CHARACTERS:,}",
        )
    return Text(printable, name)


def read_picture(data: bytes) -> Picture:
    """Read a picture and keep its central square.

    Raises:
        DataError: if it is broken, of another kind, too large or blank.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:  # known before it is decoded
                raise DataError(
                    "The picture has more than {limit} million pixels: make it smaller.", limit=MAX_PIXELS // 10**6
                )
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            opaque = Image.alpha_composite(paper, upright).convert("RGB")
            square = ImageOps.fit(opaque, (PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
    except DataError:
        raise
    except Exception as error:  # decoders raise all kinds of exceptions for broken files
        raise DataError("This cannot be read as a picture: save it anew as PNG or JPEG.") from error
    pixels = np.asarray(square)
    if int(np.ptp(pixels.reshape(-1, 3), axis=0).max()) < FAINT:
        raise DataError("The picture is blank: all of it has one colour. Take another, with more light.")
    return Picture(pixels)


def read_sample(data: bytes) -> NDArray[np.uint8]:
    """Read a small picture as it is: (H, W, 3).

    Raises:
        DataError: if it is broken or large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if max(opened.size) > PICTURE_SIDE:
                raise ValueError(opened.size)
            return np.asarray(opened.convert("RGB"))
    except Exception as error:  # decoders raise all kinds of exceptions for broken files
        raise DataError("This cannot be read as a picture: save it anew as PNG or JPEG.") from error


def as_png(pixels: NDArray[np.uint8]) -> str:
    """Return a picture (H, W, 3) as the data URL of a PNG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return data_url("image/png", file.getvalue())


def read_recording(data: bytes) -> list[Sound]:
    """Read a recording and cut it into sounds at its silences.

    Args:
        data: 16-bit PCM, little-endian, mono, 16,000 samples a second.

    Returns:
        At least one sound.

    Raises:
        DataError: if it is not of this form, too long or silent.
    """
    wave = read_samples(data, MAX_SECONDS)
    return [Sound(wave[span.start : span.end]) for span in cut_at_silences(wave)]


def _encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=80)
    return file.getvalue()


def _corner(pixels: NDArray[np.uint8]) -> tuple[int, ...]:
    """Return the colour with which the corners of a turned picture are filled."""
    return tuple(int(value) for value in pixels[0, 0])
