"""Is this file one of ours, and unaltered? Its label is read, and what it says is made again and compared.

A label proves little by itself: it can be stripped by saving the file anew, and copied into another file. That the
very same result comes out again cannot be forged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genai import audio, checkpoint, image, provenance, text
from genai.audio.walk import walk as walk_of_sounds
from genai.check.content import Content, read
from genai.errors import GenaiError
from genai.image.walk import walk as walk_of_pictures
from genai.latent.walk import WalkRequest
from genai.provenance import Label
from genai.text.replay import could_write

Kind = Literal[
    "identical", "close", "coarse", "compressed", "altered", "unlabelled", "no_weights", "not_made_again",
    "unreadable",
]  # fmt: skip
OURS: frozenset[Kind] = frozenset({"identical", "close", "coarse", "compressed"})
FACADES: Mapping[str, Any] = {"text": text, "image": image, "audio": audio}
ROUNDING = 1e-4  # of [-1, 1], or of a logit: as far apart as two devices may bring the same result in float32
COARSE = {"bfloat16": (0.03, 0.4), "tf32": (0.004, 0.05)}
"""The same in coarser numbers, in the mean and at most: one and a half to two times the worst of 1,024 items of
each shipped model (tf32 imitated: numbers before each product rounded to 10 bits)."""
HALF = 5e-3
"""Of a logit, the state in float16: five times what 96 texts of 400 characters needed."""
COMPRESSION = 0.1  # of [-1, 1]: mean over a picture of a film, far above what H.264 costs at our quality


@dataclass(frozen=True)
class Finding:
    """What came out.

    Args:
        kind: identical; close: to rounding; coarse: to that of the coarser numbers in which, as the label says,
            another device made it; compressed: as nearly as a film can hold it; altered; unlabelled: not ours, or
            the label was stripped; no_weights: labelled, but the weights are not here; not_made_again: labelled,
            but nothing that can be made again, such as a sample of a training; unreadable: no file of our kinds.
        label: What the file says of itself.
        largest: The largest difference found, of [-1, 1]; of a film, of a picture's mean; of a text: the first
            character that differs.
    """

    kind: Kind
    label: Label | None = None
    largest: float = 0.0


def examine(content: bytes, folder: Path | None = None) -> Finding:
    """Examine a file.

    Args:
        content: Its bytes, of any kind.
        folder: Of checkpoints; None means the shipped ones.
    """
    found = read(content)
    if found is None or found.label is None:
        return Finding("unlabelled" if found else "unreadable")
    return _made_again(found, found.label, folder)


def _made_again(found: Content, label: Label, folder: Path | None) -> Finding:
    if label.modality != found.modality or not label.weights:
        return Finding("not_made_again", label)
    model = _model(label, folder)
    if model is None:
        return Finding("no_weights", label)
    try:
        if isinstance(found.value, str):
            return _compare_texts(label, found.value, model)
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


def _compare_texts(label: Label, written: str, model: text.TextModel) -> Finding:
    settings = dict(label.settings)
    length = max(1, len(written) - len(str(settings.get("prompt", ""))))
    request = text.TextRequest(length=length, **settings)
    again = text.generate(model, [request])[0].full
    if again == written:
        return Finding("identical", label)
    same = next((n for n, (a, b) in enumerate(zip(again, written, strict=False)) if a != b), len(again))
    halved, after = label.precision == "float16", written.removeprefix(request.prompt)
    ours = written.startswith(request.prompt) and could_write(model, request, after, HALF if halved else ROUNDING)
    return Finding(("coarse" if halved else "close") if ours else "altered", label, same)


def _compare(label: Label, found: Content, model: Any) -> Finding:  # noqa: ANN401
    assert not isinstance(found.value, str)
    if model.precision != label.precision:
        model = replace(model, forward=None)  # in float32, to which all others come near
    made = _like(label, found, model)
    if made is None or made.shape != found.value.shape:
        return Finding("altered", label, 2.0)
    difference = np.abs(made - found.value)
    if found.compressed:
        largest = float(difference.mean(axis=(1, 2, 3)).max())
        return Finding("compressed" if largest < COMPRESSION else "altered", label, largest)
    largest = float(difference.max())
    if largest < found.step / 2:
        return Finding("identical", label, largest)
    # A value on the edge between two steps may be rounded to either.
    if largest < found.step * 1.01 + ROUNDING:
        return Finding("close", label, largest)
    mean, most = COARSE.get(label.precision, (0.0, 0.0))
    return Finding("coarse" if difference.mean() < mean and largest < most else "altered", label, largest)


def _like(label: Label, found: Content, model: Any) -> NDArray[np.floating[Any]] | None:  # noqa: ANN401
    """Make what a label says, as a file of that kind holds it; None of a walk of other length."""
    settings = dict(label.settings)
    if "walk" in settings:
        request = WalkRequest(**settings["walk"])
        long = found.modality == "image" and len(found.value) != request.frames
        return None if long else _walk(model, request, found)
    if label.modality == "image":
        return provenance.to_uint8(image.generate(model, [image.ImageRequest(**settings)])[0].image) / 127.5 - 1
    return provenance.to_pcm(audio.generate(model, [audio.AudioRequest(**settings)])[0].waveform) / 32767


def _walk(model: Any, request: WalkRequest, found: Content) -> NDArray[np.floating[Any]]:  # noqa: ANN401
    """Make a walk again: the samples of all its sounds (T,), or its pictures (N, H, W, 3)."""
    if found.modality == "audio":
        return provenance.to_pcm(walk_of_sounds(model, request).flatten()) / 32767
    pictures = [provenance.to_uint8(picture) for picture in walk_of_pictures(model, request)]
    made = (
        np.stack([p if p.ndim == 3 else p[..., None].repeat(3, axis=2) for p in pictures]) / np.float32(127.5) - 1
    )
    assert not isinstance(found.value, str)
    times = found.value.shape[1] // made.shape[1] if found.compressed else 1  # a film's pixels are larger
    return made.repeat(max(1, times), axis=1).repeat(max(1, times), axis=2)
