"""Is this file one of ours, and unaltered? Its label is read, and what it says is made again and compared.

A label proves little by itself: it can be stripped by saving the file anew, and copied into another file. That the
very same result comes out again cannot be forged.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image

from genai import audio, checkpoint, image, provenance, text
from genai.errors import GenaiError
from genai.provenance import Label

Kind = Literal["identical", "close", "altered", "unlabelled", "no_weights", "not_made_again", "unreadable"]
FACADES: Mapping[str, Any] = {"text": text, "image": image, "audio": audio}
ROUNDING = 1e-4  # of [-1, 1]: as far apart as two devices may bring the same result
MAX_BYTES, MAX_SIDE, MAX_SECONDS = 20_000_000, 4096, 60
DC_SOURCE = "{http://purl.org/dc/elements/1.1/}source"


@dataclass(frozen=True)
class Finding:
    """What came out.

    Args:
        kind: identical; close: to rounding; altered; unlabelled: not ours, or the label was stripped; no_weights:
            labelled, but the weights are not here; not_made_again: labelled, but nothing that can be made again,
            such as a sample of a training; unreadable: no PNG, WebP, WAV or text.
        label: What the file says of itself.
        largest: The largest difference found, of [-1, 1]; of a text: the first character that differs.
    """

    kind: Kind
    label: Label | None = None
    largest: float = 0.0


@dataclass(frozen=True)
class _Content:
    """What a file holds, and how coarsely: pictures and sounds as whole numbers of steps in [-1, 1]."""

    modality: str
    label: Label | None
    value: str | NDArray[np.float64]
    step: float = 0.0


def examine(content: bytes, folder: Path | None = None) -> Finding:
    """Examine a file.

    Args:
        content: Its bytes, of any kind.
        folder: Of checkpoints; None means the shipped ones.
    """
    found = None
    if len(content) <= MAX_BYTES:
        found = _picture(content) or _sound(content) or _text(content)
    if found is None or found.label is None:
        return Finding("unlabelled" if found else "unreadable")
    return _made_again(found, found.label, folder)


def _made_again(found: _Content, label: Label, folder: Path | None) -> Finding:
    if label.modality != found.modality or not label.weights:
        return Finding("not_made_again", label)
    model = _model(label, folder)
    if model is None:
        return Finding("no_weights", label)
    try:
        return _compare(label, found, model)
    except (GenaiError, TypeError):  # settings that no request of ours has
        return Finding("not_made_again", label)


def _model(label: Label, folder: Path | None) -> Any:  # noqa: ANN401
    """Load the model with the label's weights, whatever its name; a name from a file is never taken for a path."""
    entries = [entry for entry in checkpoint.available(label.modality, folder) if entry.problem is None]
    for entry in sorted(entries, key=lambda entry: entry.name != label.model):
        model = FACADES[label.modality].load(entry.path, device="cpu")
        if label.weights == model.weights:
            return model
    return None


def _compare(label: Label, found: _Content, model: Any) -> Finding:  # noqa: ANN401
    settings = dict(label.settings)
    if isinstance(found.value, str):
        length = max(1, len(found.value) - len(str(settings.get("prompt", ""))))
        again = text.generate(model, [text.TextRequest(length=length, **settings)])[0].full
        if again == found.value:
            return Finding("identical", label)
        same = next((n for n, (a, b) in enumerate(zip(again, found.value, strict=False)) if a != b), len(again))
        return Finding("altered", label, same)
    if label.modality == "image":
        made = provenance.to_uint8(image.generate(model, [image.ImageRequest(**settings)])[0].image) / 127.5 - 1
    else:
        made = provenance.to_pcm(audio.generate(model, [audio.AudioRequest(**settings)])[0].waveform) / 32767
    if made.shape != found.value.shape:
        return Finding("altered", label, 2.0)
    largest = float(np.abs(made - found.value).max())
    if largest < found.step / 2:
        return Finding("identical", label, largest)
    # A value on the edge between two steps may be rounded to either.
    return Finding("close" if largest < found.step * 1.01 + ROUNDING else "altered", label, largest)


def _picture(content: bytes) -> _Content | None:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            if max(picture.size) > MAX_SIDE:
                return None
            written = picture.info.get("genai") or _source(picture.info.get("xmp", b""))
            grey = picture.mode == "L"
            pixels = np.asarray(picture if grey else picture.convert("RGB"), np.float64)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return _Content("image", provenance.parse(written) if written else None, pixels / 127.5 - 1, 1 / 127.5)


def _source(xmp: bytes | str) -> str | None:
    """Return what an XMP packet of ours says under dc:source."""
    try:
        return ElementTree.fromstring(xmp).findtext(f".//{DC_SOURCE}")
    except ElementTree.ParseError:
        return None


def _sound(content: bytes) -> _Content | None:
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.format != "WAV" or file.channels != 1 or file.frames > MAX_SECONDS * file.samplerate:
                return None
            written = file.comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0]
            samples = file.read(dtype="int16").astype(np.float64)
    except (RuntimeError, ValueError):
        return None
    return _Content("audio", provenance.parse(written), samples / 32767, 1 / 32767)


def _text(content: bytes) -> _Content | None:
    try:
        written = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    before, rule, after = written.rpartition(provenance.RULE)
    if not rule:
        return _Content("text", None, written)
    return _Content("text", provenance.parse(after.partition("\n")[0].removeprefix("genai: ")), before)
