"""What the walk of the Image tab asks: some pictures at a time, so that it can be watched and stopped; the film.

Answers are plain data, computed from the question alone; a mistake is answered by a sentence.
"""

import io
import threading
from typing import Any

import numpy as np
from PIL import Image

from genai import provenance
from genai.image import labelled
from genai.image.sampling import ImageModel
from genai.image.walk import BATCH, walk
from genai.latent.walk import WalkRequest, walk_settings
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.words.errors import answer_errors
from genai.validation import check_range

MAX_SECONDS = 60
TYPES = {"mp4": "video/mp4", "webp": "image/webp"}


class Film:
    """Answers for all visitors.

    Args:
        registry: The image models.
    """

    def __init__(self, registry: Registry[ImageModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one film is made at a time: it takes the whole machine for seconds

    @answer_errors
    def steps(self, data: dict[str, Any]) -> dict[str, Any]:
        """Draw some pictures of a walk.

        Args:
            data: "model", the settings of a `WalkRequest`, and "start", the first picture wanted, from 0.

        Returns:
            "strip": up to 32 pictures side by side as PNG, "count" of them, "side" of each in pixels.
        """
        model, request = self._asked(data)
        start = data.get("start", 0)
        check_range("Start", start, 0, request.frames - 1, whole=True)
        pictures = [provenance.to_uint8(p) for p in walk(model, request, start, start + BATCH)]
        file = io.BytesIO()
        Image.fromarray(np.concatenate(pictures, axis=1)).save(file, "PNG")
        return {"strip": data_url("image/png", file.getvalue()), "count": len(pictures), "side": len(pictures[0])}

    @answer_errors
    def film(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make the film of a walk.

        Args:
            data: As for `steps`, with "seconds" and "kind", mp4 or webp.

        Returns:
            "file": its data URL, with the label inside; "name".
        """
        model, request = self._asked(data)
        seconds, kind = data.get("seconds", 5), str(data.get("kind"))
        check_range("Seconds", seconds, 0.5, MAX_SECONDS)
        label = labelled.label(model, {"walk": walk_settings(data), "seconds": seconds})
        encode = provenance.mp4 if kind == "mp4" else provenance.webp
        with self._lock:
            film = encode(list(walk(model, request)), max(1, round(request.frames / seconds)), label)
        kind = "mp4" if kind == "mp4" else "webp"
        seeds = "-".join(str(seed) for seed in request.seeds)
        return {"file": data_url(TYPES[kind], film), "name": f"{model.name}-walk-{seeds}.{kind}"}

    def _asked(self, data: dict[str, Any]) -> tuple[ImageModel, WalkRequest]:
        return self._registry.get(data.get("model")), WalkRequest(**walk_settings(data))
