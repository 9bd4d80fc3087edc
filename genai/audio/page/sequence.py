"""What the walk of the Audio tab asks: the sounds from seed to seed, and all of them as one WAV."""

from typing import Any

from genai import provenance
from genai.audio import labelled
from genai.audio.sampling import AudioModel
from genai.audio.walk import walk
from genai.latent.walk import WalkRequest, walk_settings
from genai.serving.models import Registry
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.words.errors import answer_errors


class Sequence:
    """Answers for all visitors; a mistake is answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry

    @answer_errors
    def sounds(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make the sounds of a walk.

        Args:
            data: "model" and the settings of a `WalkRequest`, at most 32 frames.

        Returns:
            "sounds": each with its "playable" WAV and its "spectrogram"; "file": all in a row as one labelled WAV,
            with its "name".
        """
        settings = walk_settings(data)
        model, request = self._registry.get(data.get("model")), WalkRequest(**settings)
        waves = walk(model, request)
        label = labelled.label(model, {"walk": settings})
        rate = model.sample_rate
        answer = [
            {
                "playable": data_url("audio/wav", drawing.playable(w, rate)),
                "spectrogram": drawing.spectrogram(w, rate),
            }
            for w in waves.numpy()
        ]
        name = f"{model.name}-walk-{'-'.join(str(seed) for seed in request.seeds)}.wav"
        return {
            "sounds": answer,
            "file": data_url("audio/wav", provenance.wav(waves.flatten(), rate, label)),
            "name": name,
        }
