"""How a model learnt, for the scrubber on its card: what it made of the same noise at some steps, its curves."""

from collections.abc import Callable
from typing import Any

from genai import checkpoint
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.words.errors import answer_errors

KINDS = {"image": "image/webp", "audio": "audio/ogg"}


def training_history(registry: Registry[Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Make the function that answers for the models of a modality."""

    @answer_errors
    def moments(data: dict[str, Any]) -> dict[str, Any]:
        """Tell the history of the model named "model".

        Returns:
            "moments": step, minutes and numbers of each, with the "text" written or the "sound" made then; "strip":
            one picture with a row for each moment, or null; "curve": the numbers logged in training.
        """
        header = registry.header(data.get("model"))
        _, tensors = checkpoint.load(registry.entries[str(data["model"])].path, registry.modality)
        kind = KINDS.get(registry.modality, "")
        files = {
            name: data_url(kind, bytes(tensor.numpy()))
            for name, tensor in tensors.items()
            if name.startswith("history")
        }
        return {
            "moments": [{**moment, "sound": files.get(f"history.{moment['step']}")} for moment in header.history],
            "strip": files.get("history"),
            "curve": header.curve,
        }

    return moments
