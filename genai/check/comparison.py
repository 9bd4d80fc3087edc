"""What was compared, for the eye: the file and what came out again, with the places where they differ."""

import io
from difflib import SequenceMatcher
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genai.check.examination import Finding
from genai.language.strings import Bilingual, both
from genai.ui.views import drawing
from genai.ui.views.files import data_url

Values = NDArray[np.floating[Any]]
MARK = (224, 49, 49)  # red, on the file's picture in pale grey
LEVELS = 127.5  # of a picture, for each unit of its values in [-1, 1]
ROUNDED_LEVELS = 1.1
"""A pixel that differs by more levels is marked: one level is a matter of rounding."""
QUIETEST = 0.002
"""Samples that differ by more are marked: less cannot be seen in a waveform."""
MAX_ALIGNED = 400
"""Characters between the first and the last difference that are aligned; of more, all are marked."""


class Comparison(TypedDict, total=False):
    """What the view draws.

    Attributes:
        medium: text, image or audio.
        file: Of the file: data URL of a picture, envelope of a waveform, or pieces of a text, each of which is
            [characters, whether they differ].
        made: The same of what came out again.
        difference: Of pictures: data URL of one in which the pixels that differ are red; of sounds: shares of the
            length, [start, end], where they differ. Missing where sizes differ.
        amount: How much differs, in words.
        file_sound: Data URL of a WAV.
        made_sound: Data URL of a WAV.
    """

    medium: str
    file: object
    made: object
    difference: object
    amount: Bilingual
    file_sound: str
    made_sound: str


def compare(finding: Finding, *, hear: bool = True) -> Comparison | None:
    """Return what was compared; None if nothing was.

    Args:
        finding: Of an examination.
        hear: Whether sounds can be played.
    """
    if finding.file is None or finding.reproduced is None:
        return None
    value, reproduced = finding.file.value, finding.reproduced
    if isinstance(value, str) or isinstance(reproduced, str):
        return _compare_texts(str(value), str(reproduced))
    if finding.file.modality == "image":
        return _compare_pictures(value, reproduced)
    sample_rate = finding.file.sample_rate
    made_rate = finding.sample_rate
    comparison = _compare_sounds(value, reproduced, same_rate=made_rate == sample_rate)
    if hear:
        comparison["file_sound"] = _to_wav(_first_channel(value), sample_rate)
        comparison["made_sound"] = _to_wav(reproduced, made_rate)
    return comparison


def _compare_pictures(value: Values, reproduced: Values) -> Comparison:
    """Compare pictures (H, W, 3), or two films of equal shape (N, H, W, 3) where they differ most."""
    if value.shape != reproduced.shape:
        first_of_file, first_made = (film[0] if film.ndim == 4 else film for film in (value, reproduced))
        return {
            "medium": "image",
            "file": _to_png(first_of_file),
            "made": _to_png(first_made),
            "amount": both("check.compare.sizes", file=_size(value), made=_size(reproduced)),
        }
    if value.ndim == 4:
        return _compare_films(value, reproduced)
    differs = _differing_pixels(value, reproduced)
    largest = round(float(np.abs(value - reproduced).max()) * LEVELS)
    amount = both("check.compare.pixels", count=int(differs.sum()), total=differs.size, largest=largest)
    return {
        "medium": "image",
        "file": _to_png(value),
        "made": _to_png(reproduced),
        "difference": _to_png(_mark(value, differs)),
        "amount": amount if differs.any() else both("check.compare.same_pixels", total=differs.size),
    }


def _compare_films(value: Values, reproduced: Values) -> Comparison:
    number = int(np.abs(value - reproduced).mean(axis=(1, 2, 3)).argmax())
    comparison = _compare_pictures(value[number], reproduced[number])
    frame = both("check.compare.frame", number=number + 1, count=len(value))
    amount = comparison["amount"]
    comparison["amount"] = {language: f"{words} {amount[language]}" for language, words in frame.items()}
    return comparison


def _differing_pixels(value: Values, reproduced: Values) -> NDArray[np.bool_]:
    differs: NDArray[np.bool_] = np.any(np.abs(value - reproduced) * LEVELS > ROUNDED_LEVELS, axis=-1)
    return differs


def _mark(picture: Values, differs: NDArray[np.bool_]) -> Values:
    """Return a picture (H, W, 3) in pale grey, with the pixels (H, W) that differ in red."""
    grey = picture.mean(axis=-1, keepdims=True) * 0.2 + 0.7
    red = np.array(MARK) / LEVELS - 1
    return np.where(differs[..., None], red, grey)


def _size(picture: Values) -> str:
    """Return the size of a picture, or of a film with the number of its pictures."""
    *count, height, width, _ = picture.shape
    return " × ".join(str(number) for number in (width, height, *count))


def _to_png(picture: Values) -> str:
    """Encode a picture (H, W, 3) in [-1, 1] as a data URL."""
    pixels = ((picture.clip(-1, 1) + 1) * LEVELS).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return data_url("image/png", file.getvalue())


def _compare_sounds(value: Values, reproduced: Values, *, same_rate: bool) -> Comparison:
    """Compare sounds (T,); one of the file may have other channels or another length or rate."""
    comparison: Comparison = {
        "medium": "audio",
        "file": drawing.envelope(_first_channel(value).astype(np.float32)),
        "made": drawing.envelope(reproduced.astype(np.float32)),
    }
    if value.shape != reproduced.shape or not same_rate:
        return {**comparison, "amount": both("check.compare.sounds")}
    difference = np.abs(value - reproduced)
    differs = difference > QUIETEST
    amount = both(
        "check.compare.samples",
        count=int(differs.sum()),
        total=differs.size,
        percent=f"{difference.max() * 100:.1f}",
    )
    return {
        **comparison,
        "difference": _stretches(differs),
        "amount": amount if differs.any() else both("check.compare.same_samples", total=differs.size),
    }


def _first_channel(samples: Values) -> Values:
    return samples if samples.ndim == 1 else samples[:, 0]


def _stretches(differs: NDArray[np.bool_]) -> list[list[float]]:
    """Return the parts of a sound (T,) where it differs, as shares of its length, to the column of the waveform."""
    columns = min(drawing.COLUMNS, len(differs))
    starts = np.linspace(0, len(differs), columns, endpoint=False).astype(int)  # as in the waveform
    marked = np.pad(np.logical_or.reduceat(differs, starts), 1)
    edges = np.flatnonzero(marked[1:] != marked[:-1]) / columns
    return [[round(float(start), 4), round(float(end), 4)] for start, end in edges.reshape(-1, 2)]


def _to_wav(samples: Values, sample_rate: int) -> str:
    wave = samples.clip(-1, 1).astype(np.float32)
    return data_url("audio/wav", drawing.playable(wave, sample_rate))


def _compare_texts(written: str, reproduced: str) -> Comparison:
    """Compare texts; the pieces that differ are marked in both."""
    if written == reproduced:
        pieces = [[written, False]]
        amount = both("check.compare.same_text", total=len(written))
        return {"medium": "text", "file": pieces, "made": pieces, "amount": amount}
    start = _common_start(written, reproduced)
    end = _common_start(written[start:][::-1], reproduced[start:][::-1])
    middles = [text[start : len(text) - end] for text in (written, reproduced)]
    file_pieces, made_pieces = _align(*middles)
    before, after = [written[:start], False], [written[len(written) - end :], False]
    return {
        "medium": "text",
        "file": [before, *file_pieces, after],
        "made": [before, *made_pieces, after],
        "amount": both("check.compare.text", place=start + 1),
    }


def _common_start(one: str, other: str) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


def _align(one: str, other: str) -> tuple[list[list[object]], list[list[object]]]:
    """Return the pieces of two texts that begin and end with a difference."""
    if max(len(one), len(other)) > MAX_ALIGNED:  # the time grows with the square of the length
        return [[one, True]], [[other, True]]
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return (
        [[one[start:stop], kind != "equal"] for kind, start, stop, _, _ in blocks],
        [[other[start:stop], kind != "equal"] for kind, _, _, start, stop in blocks],
    )
