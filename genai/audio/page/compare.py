"""What the comparison of the Audio tab asks: blind pairs, and a sound beside its nearest recording."""

from typing import TypedDict

import torch
from torch import Tensor

from genai.audio.instruments.kit import to_int16
from genai.audio.instruments.pairs import Pair, RecordedModel, draw_pair
from genai.audio.page.instruments import AboutQuestion, KitAnswer, kit_answer, small_pictures
from genai.audio.sampling import AudioModel, generate
from genai.audio.spectrogram import to_pictures
from genai.quality.data_identity import identity_of
from genai.serving.models import Registry
from genai.ui.views.inside import NearestItem, load_index, nearest
from genai.ui.views.questions import ResultQuestion, latent_request
from genai.ui.words.errors import answer_errors


class PairQuestion(AboutQuestion, total=False):
    """A question about a blind pair.

    Attributes:
        seed: 0 to 4294967295: the same gives the same pair.
    """

    seed: int


class PairSolution(TypedDict):
    """What a pair was.

    Attributes:
        real: 0 or 1, which of its sounds is the recording.
        recording: The name of the recording in the data set.
        seed: Of the other sound.
        label: The class of both; None without classes.
        pictures: Spectrograms of both as data URLs.
        credit: Authors and licence of the recording.
    """

    real: int
    recording: str
    seed: int
    label: int | None
    pictures: list[str]
    credit: str


class BesideAnswer(TypedDict):
    """A sound beside its nearest recording.

    Attributes:
        kit: The sound, then the recording.
        pictures: Spectrograms of both as data URLs.
        nearest: The recording, and how near it is.
    """

    kit: KitAnswer
    pictures: list[str]
    nearest: NearestItem


class Compare:
    """Answers for all visitors; errors are answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry

    @answer_errors
    def pair(self, question: PairQuestion) -> KitAnswer:
        """Return the two sounds of a pair; nothing says which of them is the recording."""
        source, pair = self._pair(question)
        return kit_answer(_pcm(pair.sounds), source.model.sample_rate, [])

    @answer_errors
    def solution(self, question: PairQuestion) -> PairSolution:
        """Tell what a pair was."""
        source, pair = self._pair(question)
        header = source.model.header
        return {
            "real": pair.real,
            "recording": source.index.ids[pair.row],
            "seed": pair.seed,
            "label": pair.label,
            "pictures": small_pictures(_pcm(pair.sounds), source.model.sample_rate),
            "credit": f"{header.attribution} ({header.licence})" if header else "",
        }

    @answer_errors
    def beside(self, question: ResultQuestion) -> BesideAnswer:
        """Find the recording nearest to a result, and return both in the same form."""
        source = self._source(question.get("model"))
        request = latent_request(question)
        [result] = generate(source.model, [request])
        [picture] = to_pictures(result.waveform[None])
        item = nearest("audio", source.model.header, picture, self._registry.folder)["nearest"]
        assert item is not None  # _source has refused a model without an index
        sounds = _pcm(torch.stack([source.made(request), source.recording(item["row"])]))
        rate = source.model.sample_rate
        return {
            "kit": kit_answer(sounds, rate, []),
            "pictures": small_pictures(sounds, rate),
            "nearest": item,
        }

    def _pair(self, question: PairQuestion) -> tuple[RecordedModel, Pair]:
        source = self._source(question.get("checkpoint"))
        return source, draw_pair(source, question.get("seed", 0))

    def _source(self, name: str | None) -> RecordedModel:
        """Return a model with the index of its recordings.

        Raises:
            CheckpointError: if there is no index of its data.
        """
        model = self._registry.get(name)
        header = self._registry.header(model.name)
        judge, index = load_index("audio", header.data_set, self._registry.folder, identity_of(header))
        return RecordedModel(model, header.data_set, judge, index)


def _pcm(sounds: Tensor) -> Tensor:
    """Return sounds as 16-bit samples; compression may have made them a little louder than full scale."""
    return to_int16(sounds.clamp(-1, 1))
