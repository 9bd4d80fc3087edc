"""The label inside every file that users save: AI-generated, by which model, from which settings.

Our own fields are followed by those that China's labelling standard GB 45438-2025 names for metadata ("AIGC":
Label, "1" for what is certainly generated; ContentProducer; ProduceID; ...), in TC260's XMP namespace where a
format has XMP. They show what such metadata looks like; no compliance is claimed.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from genai import __version__

SOFTWARE = f"Generative AI Lab {__version__}"
NOTICE = "Made by a machine (AI-generated) 由人工智能生成"
RULE = f"\n\n---\n{NOTICE}\n"  # between a text and its label
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
XMP_NAME = "XML:com.adobe.xmp"
XMP_CHUNK = b"_PMX"  # of a RIFF file, as Adobe's specification of XMP names it
MAX_WAV_COMMENT = 1900  # bytes: libsndfile keeps at most 2,000
Samples = NDArray[np.int16]
FILM_SIDE = 512
"""Approximate side of a film in pixels: as large as a slide can use."""
Pixels = NDArray[np.uint8]
SHA256_KEY = "weights"  # of `Label.sha256` in files


@dataclass(frozen=True)
class Label:
    """Where a result came from.

    Args:
        modality: text, image or audio.
        model: Name of the checkpoint.
        sha256: SHA-256 of the model's weights, in hexadecimal; empty for a sample of an unfinished training. Its
            key in files is "weights".
        settings: The request with its seed, as plain JSON values; not the length of a text, which the file shows.
        precision: Number format in which the network computed: float32, tf32, float16 or bfloat16.
        version: Of this program.
    """

    modality: str
    model: str
    sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    precision: str = "float32"
    version: str = __version__

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by their keys in files, as JSON has them."""
        return {SHA256_KEY if name == "sha256" else name: value for name, value in vars(self).items()}

    def json(self) -> str:
        """Return the label as JSON; equal labels give equal texts."""
        return json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True)

    def aigc(self) -> str:
        """Return the fields of GB 45438-2025 as JSON; equal labels have the same ProduceID."""
        fields = {
            "Label": "1",
            "ContentProducer": SOFTWARE,
            "ProduceID": hashlib.sha256(self.json().encode()).hexdigest()[:32],
            "ReservedCode1": "",
            "ContentPropagator": "",
            "PropagateID": "",
            "ReservedCode2": "",
        }
        return json.dumps(fields, ensure_ascii=False)

    def xmp(self) -> str:
        """Return the label as an XMP packet."""
        return (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description rdf:about="" xmlns:TC260="{TC260}" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<xmp:CreatorTool>{SOFTWARE}</xmp:CreatorTool><dc:source>{escape(self.json())}</dc:source>"
            f"<TC260:AIGC>{escape(self.aigc())}</TC260:AIGC>"
            '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
        )

    def footer(self) -> str:
        """Return the label as the last lines of a text file."""
        return f"{RULE}genai: {self.json()}\nAIGC: {self.aigc()}\n"


def png(image: Tensor, label: Label) -> bytes:
    """Encode a picture (C, H, W) in [-1, 1], C 1 or 3, as PNG; equal pictures and labels give equal bytes."""
    return png_of_pixels(to_uint8(image), label)


def png_of_pixels(pixels: Pixels, label: Label) -> bytes:
    """Encode the pixels (H, W) or (H, W, 3) of a picture as PNG; equal pixels and labels give equal bytes."""
    metadata = PngInfo()
    metadata.add_text("Software", SOFTWARE)
    metadata.add_itxt("Comment", NOTICE)
    metadata.add_itxt("genai", label.json())
    metadata.add_itxt("AIGC", label.aigc())
    metadata.add_itxt(XMP_NAME, label.xmp())
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG", pnginfo=metadata)
    return file.getvalue()


def wav(waveform: Tensor, sample_rate: int, label: Label) -> bytes:
    """Encode a sound (T,) in [-1, 1] as WAV, 16-bit PCM; equal sounds and labels give equal bytes."""
    return wav_of_samples(to_pcm(waveform), sample_rate, label)


def wav_of_samples(samples: Samples, sample_rate: int, label: Label) -> bytes:
    """Encode 16-bit samples (T,) as WAV; equal samples and labels give equal bytes.

    A label that is too long for a comment, such as that of a score, is in an XMP packet in the chunk `_PMX`, where
    other programs look for it too.
    """
    text = comment(label)
    fits = len(text.encode()) <= MAX_WAV_COMMENT
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", sample_rate, 1, "PCM_16", format="WAV") as sound:
        sound.software = SOFTWARE
        sound.comment = text if fits else f"{NOTICE} AIGC: {label.aigc()}"
        sound.write(samples)
    return file.getvalue() if fits else _with_chunk(file.getvalue(), XMP_CHUNK, label.xmp().encode())


def _with_chunk(riff: bytes, name: bytes, body: bytes) -> bytes:
    """Add a chunk at the end of a RIFF file, of which bytes 4 to 8 hold the size of what follows them."""
    padding = b"\0" * (len(body) % 2)
    content = riff[8:] + name + len(body).to_bytes(4, "little") + body + padding
    return riff[:4] + len(content).to_bytes(4, "little") + content


def comment(label: Label) -> str:
    """Return the label for formats that have a comment."""
    return f"{NOTICE} genai: {label.json()} AIGC: {label.aigc()}"


def webp(pictures: Sequence[Tensor], frames_per_second: float, label: Label, side: int = FILM_SIDE) -> bytes:
    """Encode pictures (C, H, W) in [-1, 1] as an animated WebP that repeats, without loss, each pixel enlarged.

    The arguments are those of `mp4`.
    """
    # Grey pictures stay grey until the encoder takes them: three bytes for each of their pixels are much.
    first, *others = [Image.fromarray(pixels) for pixels in _enlarged(pictures, side)]
    file = io.BytesIO()
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=round(1000 / frames_per_second),  # of a picture, in milliseconds
        loop=0,  # for ever
        lossless=True,
        xmp=label.xmp().encode(),
    )
    return file.getvalue()


def mp4(pictures: Sequence[Tensor], frames_per_second: int, label: Label, side: int = FILM_SIDE) -> bytes:
    """Encode pictures (C, H, W) in [-1, 1] as MP4 (H.264), each pixel enlarged to a square.

    Args:
        pictures: All of one size.
        frames_per_second: How fast they follow each other.
        label: Goes into the film's comment.
        side: Approximate side of the film in pixels; pictures are never reduced.
    """
    file = io.BytesIO()
    frames = _enlarged(pictures, side)
    first = next(frames)
    with av.open(file, "w", format="mp4") as film:
        film.metadata["comment"] = comment(label)
        film.metadata["encoder"] = SOFTWARE
        stream = film.add_stream("libx264", rate=frames_per_second, options={"crf": "16", "preset": "veryfast"})
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"
        for pixels in chain([first], frames):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(_as_rgb(pixels), format="rgb24")))
        film.mux(stream.encode())  # what the encoder still holds
    return file.getvalue()


def _enlarged(pictures: Sequence[Tensor], side: int) -> Iterator[Pixels]:
    """Yield pictures (C, H, W) of one size as (H, W) or (H, W, 3), each pixel enlarged to a square."""
    scale = max(1, side // pictures[0].shape[-1])
    for picture in pictures:
        pixels = to_uint8(picture)
        yield pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def txt(text: str, label: Label) -> bytes:
    """Encode a text in UTF-8 with the label below it."""
    return (text + label.footer()).encode()


def parse(text: str) -> Label | None:
    """Read a label from JSON as `Label.json` writes it; None if the text is anything else."""
    try:
        values = json.loads(text)
        label = Label(sha256=values.pop(SHA256_KEY), **values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    strings = (label.modality, label.model, label.sha256, label.precision, label.version)
    valid = all(isinstance(string, str) for string in strings) and isinstance(label.settings, dict)
    return label if valid else None


def to_uint8(image: Tensor) -> Pixels:
    """Turn a picture (C, H, W) in [-1, 1] into bytes (H, W) or (H, W, 3)."""
    # In NumPy, whose calls cost less than PyTorch's: the pictures are small, and thirty pupils request hundreds.
    values = image.float().numpy(force=True).clip(-1, 1)
    levels = ((values + 1) * 127.5).round().astype(np.uint8)
    return levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)


def rgb(image: Tensor) -> Pixels:
    """Turn a picture (C, H, W) in [-1, 1], grey or coloured, into bytes (H, W, 3)."""
    return _as_rgb(to_uint8(image))


def _as_rgb(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, axis=2)


def to_pcm(waveform: Tensor) -> Samples:
    """Turn a waveform (T,) in [-1, 1] into 16-bit integers."""
    return (waveform.clamp(-1, 1) * 32767).round().short().numpy(force=True)
