"""Sounds to train on: three named sets, or a folder of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genai.audio.sources import drums, notes, waveforms
from genai.audio.sources.cards import CARDS
from genai.datasets import folders
from genai.datasets.card import DataCard
from genai.datasets.downloads import Source, fetch
from genai.errors import ConfigError, DataError
from genai.labels import Labels

NAMES = ("digits", "drums", "notes")
SAMPLES = (8_192, 16_384)
RATES = range(4_000, 48_001)
DEFAULT_RATE = 16_000
MIN_CLIPS = 32
TEST_TAKES = 5  # of each digit by each speaker: the official split

DIGITS = Source(
    name="audio/digits",
    url="https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip",
    files=tuple(
        sorted(
            f"recordings/{digit}_{speaker}_{take}.wav"
            for digit in range(10)
            for speaker in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
            for take in range(50)
        )
    ),
    sha256="ddb17656a0bca4c5ddace082be188ca630516dc2ef1110afe3c4e9cc71173de4",
)
DIGIT_LABELS = Labels(tuple({"en": str(digit), "zh-CN": str(digit)} for digit in range(10)))


@dataclass(frozen=True)
class Clips:
    """Sounds in two parts: 16-bit PCM, mono, no DC offset, peak 0.95.

    Args:
        train: (N, T).
        train_labels: (N,), numbers of the classes; all 0 without classes.
        test: Sounds that training never sees, (M, T).
        test_labels: (M,).
        sample_rate: In Hz.
        labels: The names of the classes; empty without classes.
        card: The papers of the set.
        train_ids: What each sound of the training part is called: its folder and file, without the suffix.
    """

    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor
    sample_rate: int
    labels: Labels
    card: DataCard
    train_ids: Sequence[str]


def load(name_or_path: str, samples: int = 8_192, sample_rate: int | None = None) -> Clips:
    """Load a named set, or a folder of at least 32 sounds; its subfolders, if it has any, are the classes.

    The test part of the digits is the official one, takes 0 to 4 of every speaker; else a tenth of every class
    is held out, by the hash of the file's name. (Strokes of one drum at several strengths are much alike:
    the test part of the drums is less new than its files are.)

    Args:
        name_or_path: One of NAMES, or the path of a folder.
        samples: Length of every clip, 8,192 or 16,384: shorter ones are padded, longer ones fade out.
        sample_rate: In Hz, 4,000 to 48,000; None is the set's own: 8,000 for digits, 16,000 for all others.

    Raises:
        ConfigError: if the length or the rate is out of range.
        DataError: if there is no such set, or the folder is missing, too poor or disorderly.
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
        return _named(name_or_path, samples, sample_rate)
    folder = Path(name_or_path).expanduser()
    if not folder.is_dir():
        raise DataError(
            "There are no sounds {value}: the named sets are {names}; for your own, give the path of a folder.",
            value=repr(name_or_path),
            names=", ".join(NAMES),
        )
    return _own(folder, samples, sample_rate or DEFAULT_RATE)


def _named(name: str, samples: int, sample_rate: int | None) -> Clips:
    if name == "digits":
        folder = fetch(DIGITS)
        files, rate, labels = [folder / file for file in DIGITS.files], 8_000, DIGIT_LABELS
        classes = [int(file.stem[0]) for file in files]
        tested = [int(file.stem.rpartition("_")[2]) < TEST_TAKES for file in files]
    elif name == "drums":
        files, rate, labels = drums.files(), drums.RATE, drums.LABELS
        classes = [drums.class_of(file) for file in files]
        tested = _held_out(files, classes)
    else:
        files, rate, labels = notes.files(), notes.RATE, notes.LABELS
        classes = [notes.KEYS.index(notes.key_of(file)) for file in files]
        tested = _held_out(files, classes)
    rate = sample_rate or rate
    sounds = [waveforms.fit(waveforms.read(file, rate), samples) for file in files]
    return _split(sounds, classes, tested, rate, labels, CARDS[name], files)


def _own(folder: Path, samples: int, rate: int) -> Clips:
    found = folders.list_files(folder, waveforms.SUFFIXES)

    def read(file: Path) -> NDArray[np.int16]:
        sound = waveforms.read(file, rate)
        return waveforms.fit(waveforms.from_onset(sound - sound.mean(), rate), samples)

    read_files, skipped = folders.read_valid(found.files, read)
    usable = [
        (sound, number, file)
        for sound, number, file in zip(read_files, found.classes, found.files, strict=True)
        if sound is not None
    ]
    if len(usable) < MIN_CLIPS:
        raise DataError(
            "The folder {folder} has {count} sounds (WAV, FLAC, OGG, MP3, AIFF) that can be used, which is too "
            "little to learn from: at least {least} are needed. {skipped}",
            folder=str(folder),
            count=len(usable),
            least=MIN_CLIPS,
            skipped=skipped,
        )
    sounds, classes, files = (list(column) for column in zip(*usable, strict=True))
    title = {"en": folder.name, "zh-CN": folder.name}
    card = DataCard(folder.name, title, "not stated", "own data", folder.name)
    return _split(sounds, classes, _held_out(files, classes), rate, found.labels, card, files)


def _held_out(files: Sequence[Path], classes: Sequence[int]) -> list[bool]:
    return folders.held_out([f"{file.parent.name}/{file.name}" for file in files], classes=classes)


def _split(
    sounds: Sequence[NDArray[np.int16]],
    classes: Sequence[int],
    tested: Sequence[bool],
    rate: int,
    labels: Labels,
    card: DataCard,
    files: Sequence[Path],
) -> Clips:
    clips = torch.from_numpy(np.stack(sounds))
    numbers = torch.tensor(classes, dtype=torch.long)
    test = torch.tensor(tested)
    ids = [f"{file.parent.name}/{file.stem}" for file in compress(files, (~test).tolist())]
    return Clips(clips[~test], numbers[~test], clips[test], numbers[test], rate, labels, card, ids)
