"""The label inside every file that leaves: made by a machine, by which model, from which settings.

Beside plain fields stand those that China's labelling standard GB 45438-2025 names for metadata ("AIGC": Label,
"1" for what is surely generated; ContentProducer; ProduceID; ...), in TC260's XMP namespace where a format has XMP.
They are there to be seen and taught; no compliance is claimed.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import av
import numpy as np
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from genai import __version__

SOFTWARE = f"Generative AI Lab {__version__}"
NOTICE = "Made by a machine (AI-generated) 由人工智能生成"
RULE = f"\n\n---\n{NOTICE}\n"  # between a text and its label
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
XMP_NAME = "XML:com.adobe.xmp"


@dataclass(frozen=True)
class Label:
    """Where a result came from.

    Args:
        modality: text, image or audio.
        model: Name of the checkpoint.
        weights: SHA-256 of its weights.
        settings: Of the request, with the seed; plain JSON values. Not the length of a text: it has it itself.
        precision: In which the network computed: float32, tf32, float16 or bfloat16.
        version: Of this program.
    """

    modality: str
    model: str
    weights: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    precision: str = "float32"
    version: str = __version__

    def json(self) -> str:
        """Return the label as JSON; the same label gives the same text."""
        return json.dumps(vars(self), ensure_ascii=False, sort_keys=True)

    def aigc(self) -> str:
        """Return the fields of GB 45438-2025 as JSON; equal results have one ProduceID."""
        number = hashlib.sha256(self.json().encode()).hexdigest()[:32]
        fields = {"Label": "1", "ContentProducer": SOFTWARE, "ProduceID": number, "ReservedCode1": "",
                  "ContentPropagator": "", "PropagateID": "", "ReservedCode2": ""}  # fmt: skip
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
    """Encode a picture (C, H, W) in [-1, 1], C 1 or 3; the same picture and label give the same bytes."""
    text = PngInfo()
    text.add_text("Software", SOFTWARE)
    text.add_itxt("Comment", NOTICE)
    text.add_itxt("genai", label.json())
    text.add_itxt("AIGC", label.aigc())
    text.add_itxt(XMP_NAME, label.xmp())
    file = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(file, format="PNG", pnginfo=text)
    return file.getvalue()


def wav(waveform: Tensor, sample_rate: int, label: Label) -> bytes:
    """Encode a sound (T,) in [-1, 1] as 16-bit PCM; the same sound and label give the same bytes."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", sample_rate, 1, "PCM_16", format="WAV") as sound:
        sound.software = SOFTWARE
        sound.comment = f"{NOTICE} genai: {label.json()} AIGC: {label.aigc()}"
        sound.write(to_pcm(waveform))
    return file.getvalue()


def webp(pictures: Sequence[Tensor], frames_per_second: float, label: Label) -> bytes:
    """Encode pictures (C, H, W) in [-1, 1] as an animated WebP that repeats, without loss."""
    first, *others = [Image.fromarray(to_uint8(picture)).convert("RGB") for picture in pictures]
    file = io.BytesIO()
    milliseconds = round(1000 / frames_per_second)
    first.save(file, "WEBP", save_all=True, append_images=others, duration=milliseconds, loop=0, lossless=True,
               xmp=label.xmp().encode())  # fmt: skip
    return file.getvalue()


def mp4(pictures: Sequence[Tensor], frames_per_second: int, label: Label, side: int = 256) -> bytes:
    """Encode pictures (C, H, W) in [-1, 1] as H.264, enlarged by whole pixels to about `side`."""
    file = io.BytesIO()
    scale = max(1, side // pictures[0].shape[-1])
    with av.open(file, "w", format="mp4") as film:
        film.metadata.update(
            {"comment": f"{NOTICE} genai: {label.json()} AIGC: {label.aigc()}", "encoder": SOFTWARE}
        )
        stream = film.add_stream("libx264", rate=frames_per_second, options={"crf": "16", "preset": "veryfast"})
        stream.height, stream.width = (length * scale for length in pictures[0].shape[1:])
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            pixels = np.asarray(Image.fromarray(to_uint8(picture)).convert("RGB")).repeat(scale, 0).repeat(scale, 1)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(stream.encode())
    return file.getvalue()


def txt(text: str, label: Label) -> bytes:
    """Encode a text in UTF-8, the label below it."""
    return (text + label.footer()).encode()


def parse(text: str) -> Label | None:
    """Read a label from JSON as `Label.json` writes it; None if it is none."""
    try:
        values = json.loads(text)
        found = Label(**values)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (found.modality, found.model, found.weights, found.precision, found.version)
    return found if all(isinstance(t, str) for t in texts) and isinstance(found.settings, dict) else None


def to_uint8(image: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turn a picture (C, H, W) in [-1, 1] into bytes (H, W) or (H, W, 3)."""
    # By NumPy, which begins each operation sooner: a class asks for hundreds of small pictures.
    levels = ((image.float().numpy(force=True).clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)
    return levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)


def to_pcm(waveform: Tensor) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Turn a waveform (T,) in [-1, 1] into 16-bit numbers."""
    return (waveform.clamp(-1, 1) * 32767).round().short().numpy(force=True)
