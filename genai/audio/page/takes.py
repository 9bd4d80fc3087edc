"""Files to take along of what an instrument played: its sound as WAV, its notes as MIDI, with the label inside."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict

from genai import provenance
from genai.audio.instruments.midi import write_midi
from genai.audio.instruments.mix import RATE, mix
from genai.audio.instruments.score import Score, read_score
from genai.audio.instruments.song import song_of
from genai.audio.sampling import AudioModel
from genai.gan.origin import make_label
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.words.errors import answer_errors


class ScoreQuestion(TypedDict, total=False):
    """A question for the file of a score: a checkpoint and the fields of a `Score`."""

    checkpoint: str
    kit: list[dict[str, object]]
    events: list[dict[str, object]]
    seconds: float
    tempo: float | None


class TakeAnswer(TypedDict):
    """A file as a data URL, and a name for it."""

    file: str
    name: str


class Takes:
    """Answers for all visitors; errors are answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one mix at a time: a long one takes a core for a second, and 100 MB

    @answer_errors
    def score_wav(self, question: ScoreQuestion) -> TakeAnswer:
        """Mix the sound of a score."""
        model, score = self._read(question)
        label = make_label(model, {"score": score.as_dict()})
        with self._lock:
            samples = mix(model, score)
        file = provenance.wav_of_samples(samples, RATE, label)
        return {"file": data_url("audio/wav", file), "name": f"{model.name}-mix.wav"}

    @answer_errors
    def score_midi(self, question: ScoreQuestion) -> TakeAnswer:
        """Write the notes of a score."""
        model, score = self._read(question)
        label = make_label(model, {"score": score.as_dict()})
        file = write_midi(replace(song_of(model, score), text=provenance.comment(label)))
        return {"file": data_url("audio/midi", file), "name": f"{model.name}-notes.mid"}

    def _read(self, question: object) -> tuple[AudioModel, Score]:
        score = read_score(question)
        values: Mapping[str, Any] = question if isinstance(question, Mapping) else {}
        return self._registry.get(values.get("checkpoint")), score
