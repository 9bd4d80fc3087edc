"""Which digit was said: what the judges of spoken digits make of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from genai import checkpoint
from genai.audio.data import to_unit
from genai.audio.recordings import RATE, cut_at_silences
from genai.audio.sampling import AudioModel
from genai.audio.silences import Span
from genai.audio.sources.waveforms import fit
from genai.audio.spectrogram import to_pictures
from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.quality import shipped_networks
from genai.quality.data_identity import DataIdentity, identity_of
from genai.quality.feature_network import FeatureNetwork, extract_features

MOST_SECONDS = 10
MOST_SOUNDS = 12
"""That are named: as many as a number that is said has digits."""
GUESSES = 3


@dataclass(frozen=True)
class Judges:
    """Both judges of a data set.

    Args:
        networks: Name the class of a sound.
        headers: Of their files, with the accuracy of each.
    """

    networks: Sequence[FeatureNetwork]
    headers: Sequence[Header]


@dataclass(frozen=True)
class Guess:
    """What a sound may be.

    Args:
        label: The number of the class.
        share: 0 to 1, the mean of both judges' probabilities.
    """

    label: int
    share: float


@dataclass(frozen=True)
class Heard:
    """A sound in a recording.

    Args:
        start: Where it begins, in seconds.
        end: Where it ends.
        guesses: The most likely classes, the likeliest first.
    """

    start: float
    end: float
    guesses: Sequence[Guess]


@dataclass(frozen=True)
class Hearing:
    """What was heard in a recording.

    Args:
        sounds: The first twelve at most, in order.
        more: How many other sounds there are, which were not named.
    """

    sounds: Sequence[Heard]
    more: int


def load_judges(header: Header, checkpoints: Path | None) -> Judges:
    """Load the judges of a model's data set.

    Args:
        header: Of the model.
        checkpoints: The folder of checkpoints; None means the shipped ones.

    Raises:
        CheckpointError: if there are none.
        ConfigError: if they know other classes than the model.
    """
    judges = _load(identity_of(header), checkpoints)
    if any(one.classes != header.classes for one in judges.headers):
        raise ConfigError(
            "The judges of {name} know other classes than this model: they cannot name what is said.",
            name=header.data_set,
        )
    return judges


@cache
def _load(data: DataIdentity, checkpoints: Path | None) -> Judges:
    folder = checkpoint.folder_beside("judges", checkpoints)
    found = [(data.modality, data.name, kind, folder, data) for kind in shipped_networks.KINDS]
    return Judges(
        [shipped_networks.load(*one) for one in found], [shipped_networks.read_header(*one) for one in found]
    )


def hear(model: AudioModel, judges: Judges, wave: NDArray[np.int16]) -> Hearing:
    """Name the sounds in a recording.

    Args:
        model: Whose classes they are, and in the form of whose sounds the judges read them.
        judges: Of its data set.
        wave: (T,), 16,000 samples a second.

    Raises:
        DataError: if it is silent.
    """
    spans = cut_at_silences(wave)
    return Hearing(_name(model, judges, wave, spans[:MOST_SOUNDS]), max(0, len(spans) - MOST_SOUNDS))


def _name(model: AudioModel, judges: Judges, wave: NDArray[np.int16], spans: Sequence[Span]) -> list[Heard]:
    """Name the sounds in a recording (T,) that lie at some spans, at least one."""
    clips = [_as_training_item(model, wave[span.start : span.end]) for span in spans]
    pictures = to_pictures(to_unit(torch.from_numpy(np.stack(clips))))
    with torch.inference_mode():
        shares = torch.stack([extract_features(one, pictures)[1].softmax(dim=1) for one in judges.networks])
    top = shares.mean(dim=0).topk(min(GUESSES, shares.shape[2]), dim=1)
    return [
        Heard(span.start / RATE, span.end / RATE, [Guess(*pair) for pair in zip(labels, odds, strict=True)])
        for span, labels, odds in zip(spans, top.indices.tolist(), top.values.tolist(), strict=True)
    ]


def _as_training_item(model: AudioModel, sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return a sound as the data set's own are: its rate, length and peak."""
    unit = sound.astype(np.float32) / np.float32(32768)
    return fit(soxr.resample(unit, RATE, model.sample_rate), model.network.config.samples)
