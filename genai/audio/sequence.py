"""What the walk of the Audio tab asks: the sounds from seed to seed, and all of them as one WAV."""

import base64
from typing import Any

from genai import provenance
from genai.audio.sampling import AudioModel
from genai.audio.walk import walk
from genai.errors import ConfigError
from genai.ui import drawing
from genai.ui.errors import sentence
from genai.ui.registry import Registry
from genai.walk import WalkRequest

PLAIN = ("seeds", "frames", "label", "truncation", "loop")


class Sequence:
    """Answers for all visitors; a mistake is answered by a sentence.

    Args:
        registry: The audio models.
    """

    def __init__(self, registry: Registry[AudioModel]) -> None:
        self._registry = registry

    def sounds(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make the sounds of a walk.

        Args:
            data: "model" and the settings of a `WalkRequest`, at most 32 frames.

        Returns:
            "sounds": each with its "playable" WAV and its "spectrogram"; "file": all in a row as one labelled WAV,
            with its "name".
        """
        try:
            seeds = data.get("seeds")
            if not isinstance(seeds, list):
                raise ConfigError(
                    "{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
                    name="Seeds", value=repr(seeds)[:40], kind="a number", low=2, high=8,
                )  # fmt: skip
            settings = {name: data[name] for name in PLAIN if name in data}
            model, request = self._registry.get(data.get("model")), WalkRequest(**settings)
            waves = walk(model, request)
        except Exception as error:
            return {"sentence": sentence(error)}
        label = provenance.Label("audio", model.name, model.weights, {"walk": settings})
        rate = model.sample_rate
        told = [
            {"playable": _url(drawing.playable(w, rate)), "spectrogram": drawing.spectrogram(w, rate)}
            for w in waves.numpy()
        ]
        name = f"{model.name}-walk-{'-'.join(str(seed) for seed in request.seeds)}.wav"
        return {"sounds": told, "file": _url(provenance.wav(waves.flatten(), rate, label)), "name": name}


def _url(content: bytes) -> str:
    return f"data:audio/wav;base64,{base64.b64encode(content).decode()}"
