"""834 recordings of drums in six classes, from four public collections.

drums.csv lists them: the file to write, named after its class; the collection; and the recording there. The classes
were derived from the names of the recordings.
"""

import csv
from importlib.resources import files as resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from tqdm import tqdm

from genai.audio.sources.waveforms import Waveform, from_onset, one_shot
from genai.datasets.cache import cached
from genai.datasets.downloads import Source, fetch
from genai.datasets.optional_import import import_optional
from genai.labels import Labels

PLACE = "audio/drums"  # path in GENAI_DATA and in the cache
RATE = 16_000
SAMPLES = 16_384
CLASSES = ("kick", "snare", "hat", "tom", "cymbal", "perc")
LABELS = Labels(
    (
        {"en": "kick", "zh-CN": "底鼓"},
        {"en": "snare", "zh-CN": "军鼓"},
        {"en": "hat", "zh-CN": "踩镲"},
        {"en": "tom", "zh-CN": "嗵鼓"},
        {"en": "cymbal", "zh-CN": "镲片"},
        {"en": "percussion", "zh-CN": "打击乐器"},
    )
)


def _table() -> list[dict[str, str]]:
    text = resources("genai.audio.sources").joinpath("drums.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


class Collection(NamedTuple):
    """A public collection, and the folder in it to which the paths in the table are relative."""

    source: Source
    folder: str


def _collection(name: str, url: str, folder: str, sha256: str) -> Collection:
    """Describe a collection, with those of its recordings that the table lists."""
    files = tuple(folder + row["recording"] for row in _table() if row["collection"] == name)
    return Collection(Source(f"audio/drum-collections/{name}", url, files, sha256), folder)


def collections() -> dict[str, Collection]:
    """Return the collections by name."""
    return {
        "freepats-world-percussion": _collection(
            "freepats-world-percussion",
            "https://github.com/freepats/world-percussion/archive/e54eb2912a0d6d4444ab205d52f778e27da0fc96.zip",
            "samples/",
            "5b7b151bd0894ec8eba827662a51e1f455ee22ebcd818a962efca46c2286fd83",
        ),
        "freepats-muldjordkit": _collection(
            "freepats-muldjordkit",
            "https://github.com/freepats/muldjordkit/archive/719fe72bc6693b94f1229674e202881145ab44ed.zip",
            "samples/",
            "9fd8c823c5bc01cabc1eda54d1ca29d2f3252f07e6ec625daccc18ad3fbd79f5",
        ),
        "sonic-pi": _collection(
            "sonic-pi",
            "https://cdn.jsdelivr.net/npm/supersonic-scsynth-samples@0.84.2/samples",
            "",
            "027673112cefa242ef6dbf34d34e8de0c766c3857bc1327ea772690ad09f8bfe",
        ),
        "hydrogen-drumkits": _collection(
            "hydrogen-drumkits",
            "debian:hydrogen-drumkits",
            "usr/share/hydrogen/data/drumkits/",
            "f0a3a231582afad4244011aa3ac2fcee425d84fdab4479cb0053697bb547451f",
        ),
    }


def files() -> list[Path]:
    """Return the recordings as FLAC files, in a folder for each class.

    Raises:
        DataError: if a collection cannot be downloaded, or the library to prepare them is missing.
    """
    return sorted(cached(PLACE, prepare).glob("*/*.flac"))


def class_of(file: Path) -> int:
    """Return the number of the class of a recording's file."""
    return CLASSES.index(file.parent.name)


def prepare(target: Path) -> None:
    """Download the collections and cut every recording to a second at 16 kHz."""
    import_optional("scipy.signal", "scipy==1.17.1")  # fail before 300 MB are downloaded
    folders = {name: fetch(each.source) / each.folder for name, each in collections().items()}
    for row in tqdm(_table(), desc="cutting drums"):
        recording = folders[row["collection"]] / row["recording"]
        sound, rate = soundfile.read(recording, dtype="float32", always_2d=True)
        file = target / row["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, cut(sound.mean(axis=1), rate), RATE)


def cut(sound: Waveform, rate: int) -> NDArray[np.int16]:
    """Resample a recording to 16 kHz and cut it to 16,384 samples from its onset on.

    It resamples with scipy, not with soxr as `waveforms.read` does, because the shipped model was trained on such
    files.
    """
    resampled = import_optional("scipy.signal", "scipy==1.17.1").resample_poly(sound, RATE, rate)
    return one_shot(from_onset(resampled, RATE), RATE, SAMPLES)
