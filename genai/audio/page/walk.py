"""The walk of the Audio tab: the sounds from seed to seed, and all of them as one WAV."""

from typing import TypedDict

from genai import provenance
from genai.audio.sampling import AudioModel
from genai.audio.walk import walk
from genai.gan.origin import make_label
from genai.latent.walk import WalkRequest, walk_settings
from genai.serving.models import Registry
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.questions import WalkQuestion
from genai.ui.words.errors import answer_errors


class WalkSound(TypedDict):
    """A sound of the walk: a WAV for the browser and a spectrogram, as data URLs."""

    playable: str
    spectrogram: str


class SoundsAnswer(TypedDict):
    """A walk.

    Attributes:
        sounds: One after another.
        file: All of them in a row as one WAV with the provenance label, a data URL.
        name: For the file.
    """

    sounds: list[WalkSound]
    file: str
    name: str


class AudioWalk:
    """Answers for all visitors; errors are answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry

    @answer_errors
    def sounds(self, question: WalkQuestion) -> SoundsAnswer:
        """Make the sounds of a walk, at most 32."""
        settings = walk_settings(question)
        model = self._registry.get(question.get("model"))
        request = WalkRequest(**settings)
        waves = walk(model, request)
        rate = model.sample_rate
        sounds: list[WalkSound] = [
            {
                "playable": data_url("audio/wav", drawing.playable(wave, rate)),
                "spectrogram": drawing.spectrogram(wave, rate),
            }
            for wave in waves.numpy()
        ]
        label = make_label(model, {"walk": settings})
        seeds = "-".join(str(seed) for seed in request.seeds)
        return {
            "sounds": sounds,
            "file": data_url("audio/wav", provenance.wav(waves.flatten(), rate, label)),
            "name": f"{model.name}-walk-{seeds}.wav",
        }
