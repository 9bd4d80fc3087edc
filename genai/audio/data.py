"""Sounds to train on: three named sets, or your own folder."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genai.audio.sources import drums, notes, waveforms
from genai.audio.sources.cards import CARDS
from genai.audio.spectrogram import to_pictures
from genai.datasets import folders
from genai.datasets.downloads import Source, fetch
from genai.datasets.names import printable
from genai.errors import ConfigError, DataError
from genai.gan.data import GanData, read_folder
from genai.labels import Labels

NAMES = ("digits", "drums", "notes")
SAMPLES = (8_192, 16_384)
RATES = range(4_000, 48_001)
DEFAULT_RATE = 16_000
MIN_CLIPS = 32
NEAR_COPY = 0.95  # correlation from which two sounds count as the same
TEST_TAKES = 5  # per digit and speaker: the official split

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
DIGITS = Source(
    name="audio/digits",
    url="https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip",
    files=tuple(
        sorted(
            f"recordings/{digit}_{speaker}_{take}.wav"
            for digit in range(10)
            for speaker in SPEAKERS
            for take in range(50)
        )
    ),
    sha256="ddb17656a0bca4c5ddace082be188ca630516dc2ef1110afe3c4e9cc71173de4",
)
DIGITS_RATE = 8_000  # Hz
DIGIT_LABELS = Labels(
    names=tuple({"en": str(digit), "zh-CN": str(digit)} for digit in range(10)),
    variants=tuple({"en": speaker.capitalize(), "zh-CN": speaker.capitalize()} for speaker in SPEAKERS),
)


@dataclass(frozen=True)
class Clips(GanData):
    """Sounds in two parts, (N, T): 16-bit PCM, mono, no DC offset, peak 0.95.

    The name of a sound is its folder and file, without the suffix.
    """

    modality = "audio"

    @staticmethod
    def to_pictures(items: Tensor) -> Tensor:
        """Return log-power spectrograms (N, 1, 64, 64) of 16-bit sounds (N, T)."""
        return to_pictures(to_unit(items))


def to_unit(sounds: Tensor) -> Tensor:
    """Convert 16-bit sounds to float32 in [-1, 1]."""
    return sounds.float() / 32768


def load(name_or_path: str, samples: int = 8_192, sample_rate: int | None = None) -> Clips:
    """Load a named set, or a folder of at least 32 sounds, whose subfolders are the classes.

    The test part of the digits is the official one, takes 0 to 4 of every speaker. Of the others, a tenth of every
    class is held out by the hash of the file's name. (Strokes of one drum at several strengths are much alike, so
    most test files of the drums have a near duplicate in the training part.)

    Args:
        name_or_path: One of NAMES, or the path of a folder.
        samples: Length of every clip, 8,192 or 16,384; shorter ones are padded, longer ones fade out.
        sample_rate: In Hz, 4,000 to 48,000; None is the set's own: 8,000 for digits, 16,000 for all others.

    Raises:
        ConfigError: if the length or the rate is out of range.
        DataError: if there is no such set or folder, or the folder has too few sounds or mixes sounds with folders
            of sounds.
    """
    if samples not in SAMPLES:
        raise ConfigError("Samples {value} is not possible: clips have 8192 or 16384 samples.", value=samples)
    if sample_rate is not None and sample_rate not in RATES:
        raise ConfigError(
            "Sample rate {value} is not possible: it must be from {low} to {high} Hz.",
            value=sample_rate,
            low=RATES[0],
            high=RATES[-1],
        )
    if name_or_path in NAMES:
        return _load_named(name_or_path, samples, sample_rate)
    folder = Path(os.path.expanduser(name_or_path))
    if not os.path.isdir(folder):  # unlike Path.is_dir, no error for a name that is too long
        raise DataError(
            "There are no sounds {value}: the named sets are {names}; for your own, give the path of a folder.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _load_folder(folder, samples, sample_rate or DEFAULT_RATE)


def _load_named(name: str, samples: int, sample_rate: int | None) -> Clips:
    variants = None
    if name == "digits":
        folder = fetch(DIGITS)
        files = [folder / file for file in DIGITS.files]
        classes = [int(file.stem[0]) for file in files]
        variants = [SPEAKERS.index(file.stem.split("_")[1]) for file in files]
        in_test_part = [int(file.stem.rpartition("_")[2]) < TEST_TAKES for file in files]
        rate = DIGITS_RATE
        labels = DIGIT_LABELS
    elif name == "drums":
        files = drums.files()
        classes = [drums.class_of(file) for file in files]
        in_test_part = _in_test_part(files, classes)
        rate = drums.RATE
        labels = drums.LABELS
    else:
        files = notes.files()
        classes = [notes.KEYS.index(notes.key_of(file)) for file in files]
        variants = [notes.instrument_of(file) for file in files]
        in_test_part = _in_test_part(files, classes)
        rate = notes.RATE
        labels = notes.LABELS
    rate = sample_rate or rate
    arrays = [waveforms.fit(waveforms.read(file, rate), samples) for file in files]
    sounds = torch.from_numpy(np.stack(arrays))
    names = _names(files)
    fields = {"labels": labels, "card": CARDS[name], "sample_rate": rate}
    clips = Clips.split(sounds, classes, names, in_test_part, variants, **fields)
    return replace(clips, train_weights=copy_weights(clips.train)) if name == "drums" else clips


def copy_weights(sounds: Tensor) -> Tensor:
    """Return weights (N,) with which near copies among sounds (N, T) count together about as much as one sound.

    A drum was recorded at several strengths: loud and soft strokes differ in little but their loudness, and sounds
    are scaled to the same peak. The weight of a sound is one over the number of those that it correlates with.
    """
    unit = torch.nn.functional.normalize(sounds.float(), dim=1)
    correlations = unit @ unit.T  # all begin at their onset
    return 1 / (correlations > NEAR_COPY).sum(dim=1)


def _load_folder(folder: Path, samples: int, rate: int) -> Clips:
    def read(file: Path) -> NDArray[np.int16]:
        sound = waveforms.read(file, rate)
        return waveforms.fit(waveforms.from_onset(sound - sound.mean(), rate), samples)

    content = read_folder(folder, waveforms.SUFFIXES, read, waveforms.REMEDIES)
    if len(content.items) < MIN_CLIPS:
        raise DataError(
            "The folder {folder} has {count} sounds (WAV, FLAC, OGG, MP3, AIFF) that can be used, which is too "
            "little to learn from: at least {least} are needed. {skipped}",
            folder=str(folder),
            count=len(content.items),
            least=MIN_CLIPS,
            skipped=content.skipped,
        )
    sounds = torch.from_numpy(np.stack(content.items))
    in_test_part = _in_test_part(content.files, content.classes)
    names = _names(content.files)
    return Clips.split(
        sounds, content.classes, names, in_test_part, labels=content.labels, card=content.card, sample_rate=rate
    )


def _in_test_part(files: Sequence[Path], classes: Sequence[int]) -> list[bool]:
    originals = [folders.original_name(f"{file.parent.name}/{file.name}") for file in files]
    return folders.split_by_hash(originals, classes=classes)


def _names(files: Sequence[Path]) -> list[str]:
    return [printable(f"{file.parent.name}/{file.stem}") for file in files]
