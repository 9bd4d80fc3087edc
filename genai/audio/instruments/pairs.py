"""A recording and a sound of the network, to be told apart by ear.

Both have the same form: recordings come compressed out of the index, and what the network made is compressed in the
same way. Both are of the same class, where the model has classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from genai.audio import clips
from genai.audio.sampling import AudioModel, generate
from genai.audio.spectrogram import to_pictures
from genai.latent.requests import LatentRequest
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.nearest import NearestIndex
from genai.quality.shipped_networks import check_classes
from genai.seeds import MAX_SEED, make_rng

STREAM = 31  # of the random numbers that draw a pair


@dataclass(frozen=True)
class RecordedModel:
    """A model, and the recordings that it was trained on.

    Args:
        model: The model.
        data_set: The name of its data set.
        judge: The feature network that names the class of a recording.
        index: Of the recordings.
    """

    model: AudioModel
    data_set: str
    judge: FeatureNetwork
    index: NearestIndex

    def recording(self, row: int) -> Tensor:
        """Return the recording of a row of the index, (T,) in [-1, 1].

        Raises:
            CheckpointError: if the index has no sounds.
        """
        return clips.read(self.index, self.data_set, [row], self.model.network.config.samples)[0]

    def made(self, request: LatentRequest) -> Tensor:
        """Return a sound of the network in the form of a recording, (T,) in [-1, 1].

        Raises:
            ConfigError: if the model has no such label.
        """
        [result] = generate(self.model, [request])
        return clips.recode(result.waveform[None], self.model.sample_rate, self.data_set)[0]

    def class_of(self, recording: Tensor) -> int | None:
        """Return the class that the judge names for a recording (T,); None for a model without classes.

        Raises:
            ConfigError: if the judge knows other classes than the model.
        """
        check_classes(self.judge, self.model.labels, self.data_set)
        if not self.model.labels:
            return None
        _, logits = extract_features(self.judge, to_pictures(recording[None]))
        return int(logits.argmax())


@dataclass(frozen=True)
class Pair:
    """Two sounds, one of them a recording.

    Args:
        sounds: (2, T) in [-1, 1], in the order in which they are offered.
        real: 0 or 1, which of them is the recording.
        row: Of the recording in the index.
        seed: Of the other sound.
        label: The class of both; None for a model without classes.
    """

    sounds: Tensor
    real: int
    row: int
    seed: int
    label: int | None


def draw_pair(source: RecordedModel, seed: int) -> Pair:
    """Draw a pair: a recording, a seed for the other sound, and by a coin which comes first.

    Raises:
        ConfigError: if the seed is no seed, or the judge knows other classes than the model.
        CheckpointError: if the index has no sounds.
    """
    rng = make_rng(seed, STREAM)
    row = int(torch.randint(len(source.index.ids), (), generator=rng))
    made_seed = int(torch.randint(MAX_SEED + 1, (), generator=rng))
    real = int(torch.randint(2, (), generator=rng))
    recording = source.recording(row)
    label = source.class_of(recording)
    sounds = [recording, source.made(LatentRequest(label, made_seed))]
    return Pair(torch.stack(sounds if real == 0 else sounds[::-1]), real, row, made_seed, label)
