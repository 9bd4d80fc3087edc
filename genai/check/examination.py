"""Is a file one of ours, and unaltered? Read its label, generate the result that it names again, and compare.

A label proves little by itself: it is lost when the file is saved anew, and it can be copied into another file.
That the same result comes out again cannot be forged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genai import audio, checkpoint, image, provenance, text
from genai.audio.instruments.midi import read_midi, write_midi
from genai.audio.instruments.mix import RATE, mix
from genai.audio.instruments.score import read_score
from genai.audio.instruments.song import song_of
from genai.audio.walk import walk as walk_of_sounds
from genai.check.content import (
    Content,
    EncodingName,
    Value,
    list_notes,
    read,
    squares,
)
from genai.checkpoint import own
from genai.checkpoint.header import Header
from genai.errors import CheckpointError, ConfigError, GenaiError
from genai.image.sheet import FACTOR, SheetRequest, contact_sheet, enlarge
from genai.image.walk import walk as walk_of_pictures
from genai.latent.walk import WalkRequest
from genai.provenance import Label
from genai.text.pair.listing import SEPARATOR
from genai.text.replay import could_write
from genai.validation import check_range

Kind = Literal[
    "identical",
    "close",
    "coarse",
    "compressed",
    "reduced",
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
"""Of [-1, 1], in the mean over a picture: far above what H.264 changes at our quality."""
NOISE = 0.03
"""Of the energy of a sound: what a number format that is coarser than ours may change, 15 dB below the sound."""


@dataclass(frozen=True)
class SavedAs:
    """The encodings of a file that another program has saved again.

    Args:
        encoding: The file's.
        ours: The one in which the page writes such files.
    """

    encoding: EncodingName
    ours: EncodingName


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
            reduced: the same as nearly as the file can hold it, which was saved again with loss, such as with 8
                bits a sample; small changes cannot be told from that loss;
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
        reproduced: What came out again, in the form of `file.value`; None if nothing was compared.
        sample_rate: Of the sound that came out again, in Hz; 0 for anything else.
        file: What the file holds; None if it cannot be read.
        header: Of the model that was used; None without one.
        saved_as: How the file holds its values, and how the page writes them, where the two differ; only of a file
            that was compared.
    """

    kind: Kind
    label: Label | None = None
    largest: float = 0.0
    is_on_page: bool = True
    saved_as: SavedAs | None = None
    sample_rate: int = 0
    reproduced: Value | None = field(default=None, repr=False, compare=False)
    file: Content | None = field(default=None, repr=False, compare=False)
    header: Header | None = field(default=None, repr=False, compare=False)


def examine(content: bytes, folder: Path | None = None) -> Finding:
    """Examine a file.

    Args:
        content: Its bytes, of any kind.
        folder: Of checkpoints; None means the shipped ones.
    """
    return Examiner(folder).examine(content)


class Examiner:
    """Examines files one after another, and loads each model once.

    Args:
        folder: Of checkpoints; None means the shipped ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._models: dict[Path, Any] = {}

    def examine(self, content: bytes) -> Finding:
        """Examine a file of any kind."""
        file = read(content)
        if file is None:
            return Finding("unreadable")
        finding = Finding("unlabelled") if file.label is None else self._reproduce_and_compare(file, file.label)
        return replace(finding, file=file)

    def _reproduce_and_compare(self, file: Content, label: Label) -> Finding:
        if label.modality != file.modality or not label.sha256:
            return Finding("not_reproducible", label)
        model = self._find_model(label)
        if model is None:
            return Finding("no_weights", label)
        try:
            if isinstance(file.value, str):
                compare = _compare_notes if file.modality == "audio" else _compare_text
                finding = compare(label, file.value, model)
            else:
                finding = _compare_values(label, file, file.value, model)
        except (GenaiError, TypeError):  # settings that no request of ours has
            return Finding("not_reproducible", label, header=model.header)
        return replace(finding, saved_as=_saved_as(file, label, model), header=model.header)

    def _find_model(self, label: Label) -> Any:  # noqa: ANN401
        """Return the model with the label's weights, whatever its name, or the pair of models with both weights.

        A name from a file is never taken for a path.
        """
        if label.modality == "text" and label.sha256.count(SEPARATOR) == 1:
            return self._find_pair(label)
        return self._find_single(label)

    def _find_pair(self, label: Label) -> text.TextModel | None:
        name, _, other_name = label.model.partition(SEPARATOR)
        digest, _, other_digest = label.sha256.partition(SEPARATOR)
        lstm = self._find_single(replace(label, model=name, sha256=digest))
        gpt = self._find_single(replace(label, model=other_name, sha256=other_digest))
        if lstm is None or gpt is None:
            return None
        try:
            return text.combine(lstm, gpt)
        except ConfigError:  # a label may join the digests of any two models
            return None

    def _find_single(self, label: Label) -> Any:  # noqa: ANN401
        listed = checkpoint.available(label.modality, self._folder)
        visitors_model = own.find(label.model, label.modality)
        if visitors_model is not None:
            listed.append(checkpoint.read_entry(visitors_model, label.modality))
        usable = [entry for entry in listed if entry.problem is None]
        likeliest_first = sorted(usable, key=lambda entry: entry.name != label.model)
        for entry in likeliest_first:
            model = self._load(entry.path, label.modality)
            if model is not None and label.sha256 == model.sha256:
                return model
        return None

    def _load(self, path: Path, modality: str) -> Any:  # noqa: ANN401
        """Return the model in a file, read once; None if its weights are broken."""
        if path not in self._models:
            try:
                self._models[path] = FACADES[modality].load(path, device="cpu")
            except CheckpointError:
                self._models[path] = None
        return self._models[path]


def _saved_as(file: Content, label: Label, model: Any) -> SavedAs | None:  # noqa: ANN401
    ours = _our_encodings(label, model)
    return None if file.encoding.name in ours else SavedAs(file.encoding.name, ours[0])


def _our_encodings(label: Label, model: Any) -> Sequence[EncodingName]:  # noqa: ANN401
    """Return the names of the encodings in which the page writes what a label describes."""
    if label.modality == "text":
        return ["txt"]
    if "score" in label.settings:
        return ["wav_16", "midi"]
    if label.modality == "audio":
        return ["wav_16"]
    if "walk" in label.settings:
        return ["webp_lossless", "mp4"]
    return ["png_grey" if model.network.config.channels == 1 else "png_rgb"]


def _compare_text(label: Label, written: str, model: text.TextModel) -> Finding:
    settings = {"lead_in": "", **label.settings}  # a label names none where it is the default
    length = max(1, len(written) - len(str(settings.get("prompt", ""))))
    request = text.TextRequest(length=length, **settings)
    is_on_page = model.read_before(settings["lead_in"]) == model.lead_in
    reproduced = text.generate(model, [request])[0].full
    if reproduced == written:
        return Finding("identical", label, is_on_page=is_on_page, reproduced=reproduced)
    # A rounding may turn one choice of a character, after which the texts have little in common. So each character
    # is looked at by itself: could the model have chosen it, within the rounding?
    in_float16 = label.precision == "float16"
    rounding = FLOAT16_ROUNDING if in_float16 else ROUNDING
    continuation = written.removeprefix(request.prompt)
    ours = written.startswith(request.prompt) and could_write(model, request, continuation, rounding)
    kind: Kind = "altered"
    if ours:
        kind = "coarse" if in_float16 else "close"
    difference = _first_difference(reproduced, written)
    return Finding(kind, label, difference, is_on_page, reproduced=reproduced)


def _compare_notes(label: Label, listed: str, model: audio.AudioModel) -> Finding:
    """Compare the list of a MIDI file's notes with that of its label's score."""
    song = read_midi(write_midi(song_of(model, read_score(label.settings.get("score")))))
    assert song is not None
    reproduced = list_notes(song)
    kind: Kind = "identical" if reproduced == listed else "altered"
    return Finding(kind, label, _first_difference(reproduced, listed), reproduced=reproduced)


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
    sample_rate = RATE if "score" in label.settings else model.sample_rate
    finding = _kind_of_values(label, file, values, reproduced, sample_rate)
    return replace(finding, sample_rate=sample_rate, reproduced=reproduced)


def _kind_of_values(
    label: Label,
    file: Content,
    values: NDArray[np.floating[Any]],
    reproduced: NDArray[np.floating[Any]] | None,
    sample_rate: int,
) -> Finding:
    if reproduced is None or reproduced.shape != values.shape or file.sample_rate != sample_rate:
        return Finding("altered", label, 2.0)
    difference = np.abs(reproduced - values)
    if file.compressed:
        largest = float(difference.mean(axis=(1, 2, 3)).max())
        kind: Kind = "compressed" if largest < COMPRESSION else "altered"
        return Finding(kind, label, largest)
    largest = float(difference.max())
    kind = _kind_of(difference, largest, file.step, label.precision if file.encoding.exact else "")
    if kind == "altered" and not file.encoding.exact and _is_loss_small(difference, reproduced):
        kind = "reduced"
    return Finding(kind, label, largest)


def _kind_of(difference: NDArray[np.floating[Any]], largest: float, step: float, precision: str) -> Kind:
    if largest < step / 2:
        return "identical"
    if largest < step * 1.01 + ROUNDING:  # a value on the edge between two steps may be rounded to either
        return "close"
    tolerance = COARSE.get(precision)
    if tolerance and difference.mean() < tolerance.mean and largest < tolerance.maximum:
        return "coarse"
    return "altered"


def _is_loss_small(difference: NDArray[np.floating[Any]], reproduced: NDArray[np.floating[Any]]) -> bool:
    """Return whether a file with loss is as near to a sound (T,), or to pictures (..., H, W, 3), as it could be."""
    if reproduced.ndim == 1:
        return bool(np.square(difference).sum() < NOISE * np.square(reproduced).sum())
    return bool(difference.mean(axis=(-3, -2, -1)).max() < COMPRESSION)


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
        if len(values) != request.frames:
            return None
        return _make_film(model, request, file, values.shape[1] * file.square)
    if "score" in settings:
        return mix(model, read_score(settings["score"])) / 32767
    if label.modality == "image":
        return _make_picture(model, settings) / np.float32(127.5) - np.float32(1)
    waveform = audio.generate(model, [audio.AudioRequest(**settings)])[0].waveform
    return provenance.to_pcm(waveform) / 32767


def _make_picture(model: image.ImageModel, settings: dict[str, Any]) -> NDArray[np.uint8]:
    """Make the picture or the contact sheet (H, W, 3) that the settings of a label describe."""
    enlarged = settings.pop("enlarged", 1)
    if "sheet" in settings:
        pixels = contact_sheet(model, SheetRequest(**settings["sheet"]))
        return pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, axis=2)
    check_range("Enlargement", enlarged, 1, FACTOR, whole=True)
    picture = image.generate(model, [image.ImageRequest(**settings)])[0].image
    return provenance.rgb(enlarge(picture, enlarged))


def _make_film(model: image.ImageModel, request: WalkRequest, file: Content, side: int) -> NDArray[np.float32]:
    """Make the squares of a walk's pictures (N, H, W, 3), as those of a film are read.

    Args:
        model: Makes the pictures.
        request: What a label says.
        file: A film.
        side: Of its pictures, in pixels.
    """
    return np.stack(
        [_squares_like(file, provenance.rgb(picture), side) for picture in walk_of_pictures(model, request)]
    )


def _squares_like(file: Content, pixels: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    scale = max(1, side // len(pixels))
    enlarged = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    return squares(enlarged, file.square, exact=file.encoding.exact)
