"""Is a file one of ours, and unaltered? Read its label, generate the result that it names again, and compare.

A label proves little by itself: it is lost when the file is saved anew, and it can be copied into another file.
That the same result comes out again cannot be forged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

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
    "identical",
    "close",
    "coarse",
    "compressed",
    "altered",
    "unlabelled",
    "no_weights",
    "not_reproducible",
    "unreadable",
]
OURS: frozenset[Kind] = frozenset({"identical", "close", "coarse", "compressed"})
FACADES: Mapping[str, Any] = {"text": text, "image": image, "audio": audio}


class Tolerance(NamedTuple):
    """How far values in [-1, 1] may be from those in float32: in the mean over all, and any single one."""

    mean: float
    maximum: float


ROUNDING = 1e-4
"""Of a value in [-1, 1], or of a logit: how far two devices differ in float32."""
COARSE = {"bfloat16": Tolerance(0.03, 0.4), "tf32": Tolerance(0.004, 0.05)}
"""By precision: one and a half to two times the worst of 1,024 items of each shipped model (tf32 imitated: numbers
before each product rounded to 10 bits)."""
FLOAT16_ROUNDING = 5e-3
"""Of a logit, the state in float16: five times what 96 texts of 400 characters needed."""
COMPRESSION = 0.1
"""Of [-1, 1], in the mean over a picture of a film: far above what H.264 changes at our quality."""


@dataclass(frozen=True)
class Finding:
    """The result of an examination.

    Args:
        kind: One of:
            identical: the same result comes out again;
            close: the same to the rounding of float32;
            coarse: the same to the rounding of the lower precision in which, as the label says, another device
                made it;
            compressed: the same as nearly as a compressed film can hold it;
            altered: another result comes out;
            unlabelled: not ours, or the label was lost;
            no_weights: labelled, but the model is not here;
            not_reproducible: labelled, but the label names nothing that can be generated again, such as a sample of
                a training;
            unreadable: no file of our kinds.
        label: The label inside the file.
        largest: The largest difference of values in [-1, 1]; of a film, of a picture's mean; of a text, the place
            of the first character that differs.
        is_on_page: Whether the page generates the same from the label's settings. It does not of a text that was
            written before its model had its lead-in.
    """

    kind: Kind
    label: Label | None = None
    largest: float = 0.0
    is_on_page: bool = True


def examine(content: bytes, folder: Path | None = None) -> Finding:
    """Examine a file.

    Args:
        content: Its bytes, of any kind.
        folder: Of checkpoints; None means the shipped ones.
    """
    file = read(content)
    if file is None:
        return Finding("unreadable")
    if file.label is None:
        return Finding("unlabelled")
    return _reproduce_and_compare(file, file.label, folder)


def _reproduce_and_compare(file: Content, label: Label, folder: Path | None) -> Finding:
    if label.modality != file.modality or not label.sha256:
        return Finding("not_reproducible", label)
    model = _load_model(label, folder)
    if model is None:
        return Finding("no_weights", label)
    try:
        if isinstance(file.value, str):
            return _compare_text(label, file.value, model)
        return _compare_values(label, file, file.value, model)
    except (GenaiError, TypeError):  # settings that no request of ours has
        return Finding("not_reproducible", label)


def _load_model(label: Label, folder: Path | None) -> Any:  # noqa: ANN401
    """Load the model with the label's weights, whatever its name; a name from a file is never taken for a path."""
    entries = [entry for entry in checkpoint.available(label.modality, folder) if entry.problem is None]
    likeliest_first = sorted(entries, key=lambda entry: entry.name != label.model)
    for entry in likeliest_first:
        model = FACADES[label.modality].load(entry.path, device="cpu")
        if label.sha256 == model.sha256:
            return model
    return None


def _compare_text(label: Label, written: str, model: text.TextModel) -> Finding:
    settings = {"lead_in": "", **label.settings}  # a label names none where it is the default
    length = max(1, len(written) - len(str(settings.get("prompt", ""))))
    request = text.TextRequest(length=length, **settings)
    is_on_page = model.read_before(settings["lead_in"]) == model.lead_in
    reproduced = text.generate(model, [request])[0].full
    if reproduced == written:
        return Finding("identical", label, is_on_page=is_on_page)
    # A rounding may turn one choice of a character, after which the texts have little in common. So each character
    # is looked at by itself: could the model have chosen it, within the rounding?
    in_float16 = label.precision == "float16"
    rounding = FLOAT16_ROUNDING if in_float16 else ROUNDING
    continuation = written.removeprefix(request.prompt)
    ours = written.startswith(request.prompt) and could_write(model, request, continuation, rounding)
    kind: Kind = "altered"
    if ours:
        kind = "coarse" if in_float16 else "close"
    return Finding(kind, label, _first_difference(reproduced, written), is_on_page)


def _first_difference(one: str, other: str) -> int:
    """Return the place of the first character that differs, or the length of the first text."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return len(one)


def _compare_values(label: Label, file: Content, values: NDArray[np.floating[Any]], model: Any) -> Finding:  # noqa: ANN401
    if model.precision != label.precision:
        model = replace(model, forward=None)  # in float32, to which all others are close
    reproduced = _reproduce(label, file, values, model)
    if reproduced is None or reproduced.shape != values.shape:
        return Finding("altered", label, 2.0)
    difference = np.abs(reproduced - values)
    if file.compressed:
        largest = float(difference.mean(axis=(1, 2, 3)).max())
        return Finding("compressed" if largest < COMPRESSION else "altered", label, largest)
    largest = float(difference.max())
    return Finding(_kind_of(difference, largest, file.step, label.precision), label, largest)


def _kind_of(difference: NDArray[np.floating[Any]], largest: float, step: float, precision: str) -> Kind:
    if largest < step / 2:
        return "identical"
    if largest < step * 1.01 + ROUNDING:  # a value on the edge between two steps may be rounded to either
        return "close"
    tolerance = COARSE.get(precision)
    if tolerance and difference.mean() < tolerance.mean and largest < tolerance.maximum:
        return "coarse"
    return "altered"


def _reproduce(
    label: Label,
    file: Content,
    values: NDArray[np.floating[Any]],
    model: Any,  # noqa: ANN401
) -> NDArray[np.floating[Any]] | None:
    """Make what a label describes, in the form in which such a file holds it; None for a walk of other length."""
    settings = dict(label.settings)
    if "walk" in settings:
        request = WalkRequest(**settings["walk"])
        if file.modality == "audio":
            return provenance.to_pcm(walk_of_sounds(model, request).flatten()) / 32767
        return _make_film(model, request, values, file.compressed) if len(values) == request.frames else None
    if label.modality == "image":
        picture = image.generate(model, [image.ImageRequest(**settings)])[0].image
        return provenance.to_uint8(picture) / 127.5 - 1
    waveform = audio.generate(model, [audio.AudioRequest(**settings)])[0].waveform
    return provenance.to_pcm(waveform) / 32767


def _make_film(
    model: image.ImageModel, request: WalkRequest, values: NDArray[np.floating[Any]], compressed: bool
) -> NDArray[np.floating[Any]]:
    """Make the pictures of a walk (N, H, W, 3), enlarged as those of a compressed film are."""
    pictures = []
    for picture in walk_of_pictures(model, request):
        pixels = provenance.to_uint8(picture)
        pictures.append(pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, axis=2))
    film = np.stack(pictures) / np.float32(127.5) - 1
    scale = max(1, values.shape[1] // film.shape[1]) if compressed else 1
    return film.repeat(scale, axis=1).repeat(scale, axis=2)
