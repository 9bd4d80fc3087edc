"""What a dropped file holds: a picture, a film, a sound or a text, and the label inside it.

Programs save the same pixels or samples in many encodings. All are read into what is seen and heard, so that they
can be compared; the encoding itself is reported beside it.
"""

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image

from genai import provenance
from genai.audio.instruments.midi import TICKS, Song, read_midi
from genai.latent.walk import MAX_FRAMES
from genai.provenance import Label

# Limits of what is read, so that a hostile file costs little.
MAX_BYTES = 20_000_000
MAX_SIDE = 4096  # of a picture, in pixels
MAX_FILM_SIDE = 512
MAX_SECONDS = 120  # of a sound
MAX_CHANNELS = 8

RIFF_HEADER = 12
"""Bytes of a WAV or a WebP before its first chunk."""
SQUARE = 4
"""Side of the squares of an MP4's pixels that are averaged, at least: compression changes what is finer."""
COMPARED_SIDE = 64
"""Values a side in which large pictures of a film are compared, or up to twice as many: 600 pictures of 512 pixels
in float32 would take 2 GB."""
DC_SOURCE = "{http://purl.org/dc/elements/1.1/}source"


Value = str | NDArray[np.floating[Any]]
EncodingName = Literal[
    "png_grey",
    "png_rgb",
    "png_palette",
    "png_grey_alpha",
    "png_rgba",
    "png_16",
    "png_animated",
    "webp_lossless",
    "webp_lossy",
    "mp4",
    "wav_16",
    "wav_24",
    "wav_32",
    "wav_float",
    "wav_8",
    "wav_compressed",
    "wav_stereo",
    "midi",
    "txt",
    "txt_bom",
    "txt_crlf",
    "txt_utf16",
]
"""Each is called "check.encoding.<name>" in the string files."""
PNG_DEPTH = 24
"""Where a PNG has the bits of a channel; the byte after it is the colour type."""
PNG_COLOURS: Mapping[int, EncodingName] = {
    0: "png_grey",
    2: "png_rgb",
    3: "png_palette",
    4: "png_grey_alpha",
    6: "png_rgba",
}
WAV_SUBTYPES: Mapping[str, EncodingName] = {
    "PCM_16": "wav_16",
    "PCM_24": "wav_24",
    "PCM_32": "wav_32",
    "FLOAT": "wav_float",
    "DOUBLE": "wav_float",
    "PCM_U8": "wav_8",
}
"""All but the last hold each of our samples exactly; what is not listed is compressed."""


@dataclass(frozen=True)
class Encoding:
    """How a file holds its values.

    Args:
        name: As the string files know it.
        exact: Whether it can hold every value that is generated here.
    """

    name: EncodingName
    exact: bool = True


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Args:
        modality: text, image or audio.
        label: The label inside; None if there is none of ours.
        value: A text, also the list of a MIDI file's notes; or numbers in [-1, 1]: a sound (T,), or (T, channels)
            if its channels differ, a picture (H, W, 3), or the squares of a film's pictures (N, H, W, 3).
        encoding: How the file holds it.
        step: Between two values of a picture or a sound as they are generated here; 0 for a text and an MP4.
        compressed: Whether the file is an MP4.
        square: Side of a film's squares, in pixels, of which each is one value; see `squares`.
        sample_rate: Of a sound, in Hz; 0 for anything else.
    """

    modality: str
    label: Label | None
    value: Value
    encoding: Encoding
    step: float = 0.0
    compressed: bool = False
    square: int = 1
    sample_rate: int = 0


def read(content: bytes) -> Content | None:
    """Read a PNG, WebP, MP4, WAV, MIDI or text file of at most 20 MB; None if it is none of these."""
    if len(content) > MAX_BYTES:
        return None
    for read_kind in (_read_picture, _read_sound, _read_film, _read_notes, _read_text):
        found = read_kind(content)
        if found is not None:
            return found
    return None


def _read_picture(content: bytes) -> Content | None:
    """Read a PNG or a WebP, also an animated one."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            frames = getattr(picture, "n_frames", 1)
            max_side = MAX_SIDE if frames == 1 else MAX_FILM_SIDE
            if max(picture.size) > max_side or frames > MAX_FRAMES:
                return None
            encoding = _encoding_of_webp(content) if picture.format == "WEBP" else _encoding_of_png(content, frames)
            square = _side_of_squares(*picture.size) if frames > 1 else 1
            if min(picture.size) < square:
                return None
            drawn = [squares(pixels, square, exact=encoding.exact) for pixels in _frames(picture, frames)]
            values = np.stack(drawn) if frames > 1 else drawn[0]
            # After the pixels: some programs write the label behind them.
            label = picture.info.get("genai") or _label_in_xmp(picture.info.get("xmp", b""))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    known = provenance.parse(label) if label else None
    return Content("image", known, values, encoding, step=1 / 127.5, square=square)


def _visible(picture: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels (H, W, 3) as a screen shows them: 8 bits, on white where they are transparent."""
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        grey = (np.asarray(picture) >> 8).astype(np.uint8)
        return grey[..., None].repeat(3, axis=2)
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB"))
    transparent = picture.convert("RGBA")
    background = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(background, transparent).convert("RGB"))


def _frames(picture: Image.Image, count: int) -> Iterator[NDArray[np.uint8]]:
    for number in range(count):
        picture.seek(number)
        yield _visible(picture)


def _encoding_of_png(content: bytes, frames: int) -> Encoding:
    """Read the encoding of a valid PNG from its header."""
    depth, colour_type = content[PNG_DEPTH], content[PNG_DEPTH + 1]
    colours = PNG_COLOURS[colour_type]
    if frames > 1:
        return Encoding("png_animated", exact=colours != "png_palette" and depth >= 8)
    if depth == 16:
        return Encoding("png_16")
    return Encoding(colours, exact=colours != "png_palette" and depth == 8)


def _encoding_of_webp(content: bytes) -> Encoding:
    """Read from the chunks of a WebP whether it is lossless."""
    names = list(_webp_chunks(content, RIFF_HEADER))
    return Encoding("webp_lossy", exact=False) if b"VP8 " in names else Encoding("webp_lossless")


def _webp_chunks(content: bytes, start: int) -> Iterator[bytes]:
    """Yield the names of a WebP's chunks, each followed by those inside it, as a frame of a film has."""
    for name, body in _chunks(content, start):
        yield name
        if name == b"ANMF":
            yield from _webp_chunks(body, 16)  # behind place, size and duration of the frame


def _chunks(content: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and body of each chunk of a RIFF file from a place on."""
    while start + 8 <= len(content):
        size = int.from_bytes(content[start + 4 : start + 8], "little")
        yield content[start : start + 4], content[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


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
            square = max(SQUARE, _side_of_squares(stream.width, stream.height))
            pictures: list[NDArray[np.float32]] = []
            for frame in film.decode(stream):
                if len(pictures) == MAX_FRAMES:
                    return None
                pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                pictures.append(squares(pixels, square, exact=False))
    except (av.FFmpegError, IndexError, ValueError, OSError):
        return None
    if not pictures:
        return None
    encoding = Encoding("mp4", exact=False)
    return Content("image", provenance.parse(label), np.stack(pictures), encoding, compressed=True, square=square)


def squares(pixels: NDArray[np.uint8], side: int, *, exact: bool) -> NDArray[np.float32]:
    """Make one value of each square of a picture's pixels.

    Args:
        pixels: (H, W, 3).
        side: Of a square; those at the edge that are incomplete are left out.
        exact: Whether the value is the pixel that is farthest from the mean, so that one changed pixel of an
            enlarged picture is seen. Else it is the mean, in which little is left of what compression changes.

    Returns:
        (H / side, W / side, 3) in [-1, 1]; squares of one colour have that colour.
    """
    levels = pixels.astype(np.float32)
    if side > 1:
        levels = _reduce(np.add, pixels, side).astype(np.float32) / np.float32(side * side)
        if exact:
            low, high = _reduce(np.minimum, pixels, side), _reduce(np.maximum, pixels, side)
            levels = np.where(high - levels > levels - low, high, low).astype(np.float32)
    return levels / np.float32(127.5) - np.float32(1)


def _reduce(operation: np.ufunc, pixels: NDArray[np.uint8], side: int) -> NDArray[Any]:
    """Reduce each square of a picture (H, W, 3) by an operation such as addition; rows first, which is faster."""
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    whole = pixels[: rows * side, : columns * side]
    lines = operation.reduce(whole.reshape(rows, side, columns * side * 3), axis=1)
    reduced: NDArray[Any] = operation.reduce(lines.reshape(rows, columns, side, 3), axis=2)
    return reduced


def _side_of_squares(width: int, height: int) -> int:
    return max(1, max(width, height) // COMPARED_SIDE)


def _label_in_comment(comment: str) -> str:
    """Return the JSON of the label in a comment that `provenance` wrote; empty if there is none."""
    return comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0]


def _read_sound(content: bytes) -> Content | None:
    """Read a WAV of any number format."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.format not in {"WAV", "WAVEX"} or file.frames > MAX_SECONDS * file.samplerate:
                return None
            if file.channels > MAX_CHANNELS:
                return None
            label = _label_in_comment(file.comment) or _label_in_chunk(content)
            rate, subtype = file.samplerate, file.subtype
            channels = file.read(dtype="float64", always_2d=True)
    except (RuntimeError, ValueError):
        return None
    # As we write them: 1 stands for 32767, while the library reads it as 1 / 32768 less.
    samples = channels * (32768 / 32767)
    name: EncodingName = WAV_SUBTYPES.get(subtype, "wav_compressed")
    encoding = Encoding(name, exact=name not in {"wav_8", "wav_compressed"})
    if channels.shape[1] > 1 and encoding.exact:
        encoding = Encoding("wav_stereo")
    if (samples == samples[:, :1]).all():
        samples = samples[:, 0]
    return Content("audio", provenance.parse(label), samples, encoding, step=1 / 32767, sample_rate=rate)


def _label_in_chunk(content: bytes) -> str:
    """Return the JSON of the label in the XMP packet of a WAV; empty if there is none."""
    bodies = dict(_chunks(content, RIFF_HEADER))
    return _label_in_xmp(bodies.get(provenance.XMP_CHUNK, b"")) or ""


def _read_notes(content: bytes) -> Content | None:
    """Read the notes of a MIDI file."""
    song = read_midi(content)
    if song is None:
        return None
    return Content("audio", provenance.parse(_label_in_comment(song.text)), list_notes(song), Encoding("midi"))


def list_notes(song: Song) -> str:
    """List the notes of a song, one a line: from beat to beat, channel, key and velocity; first comes its tempo."""
    notes = [
        f"{note.start / TICKS:.3f}–{note.end / TICKS:.3f}  #{note.channel + 1}  {note.key}  {note.velocity}"
        for note in song.notes
    ]
    return "\n".join([f"♩ = {song.tempo:.2f}", *notes, f"{song.ticks / TICKS:.3f}"])


def _read_text(content: bytes) -> Content | None:
    """Read a text in UTF-8 or UTF-16, with or without a byte order mark, with line ends of any system."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        decoded = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    everything = decoded.replace("\r\n", "\n")
    encoding = Encoding(_name_of_text(content, decoded, is_utf16=is_utf16))
    text, rule, footer = everything.rpartition(provenance.RULE)
    if not rule:
        return Content("text", None, everything, encoding)
    first_line = footer.partition("\n")[0]
    return Content("text", provenance.parse(first_line.removeprefix("genai: ")), text, encoding)


def _name_of_text(content: bytes, decoded: str, *, is_utf16: bool) -> EncodingName:
    if is_utf16:
        return "txt_utf16"
    if "\r\n" in decoded:
        return "txt_crlf"
    return "txt_bom" if content.startswith(codecs.BOM_UTF8) else "txt"
