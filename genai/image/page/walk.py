"""The walk of the Image tab: a few frames at a time, so that it can be watched and stopped, and the whole film.

Answers are plain data, computed from the question alone; errors are answered by a sentence.
"""

import io
import threading
from typing import TypedDict

import numpy as np
from PIL import Image

from genai import provenance
from genai.gan.origin import make_label
from genai.image.sampling import ImageModel
from genai.image.walk import BATCH, walk
from genai.latent.walk import WalkRequest, walk_settings
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.views.questions import WalkQuestion
from genai.ui.words.errors import answer_errors
from genai.validation import check_range

MAX_SECONDS = 60
MEDIA_TYPES = {"mp4": "video/mp4", "webp": "image/webp"}


class StepsAnswer(TypedDict):
    """Some frames of a walk.

    Attributes:
        strip: The frames side by side, a PNG as a data URL.
        count: Frames in it, at most 32.
        side: Of each frame, in pixels.
    """

    strip: str
    count: int
    side: int


class FilmAnswer(TypedDict):
    """The film of a walk: a data URL, with the provenance label inside, and a name for the file."""

    file: str
    name: str


class ImageWalk:
    """Answers for all visitors.

    Args:
        registry: The image models.
    """

    def __init__(self, registry: Registry[ImageModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one film at a time: encoding takes the whole machine for seconds

    @answer_errors
    def steps(self, question: WalkQuestion) -> StepsAnswer:
        """Draw the next frames of a walk, from "start" on."""
        model, request = self._read(question)
        start = question.get("start", 0)
        check_range("Start", start, 0, request.frames - 1, whole=True)
        frames = [provenance.to_uint8(image) for image in walk(model, request, start, start + BATCH)]
        file = io.BytesIO()
        Image.fromarray(np.concatenate(frames, axis=1)).save(file, "PNG")
        return {"strip": data_url("image/png", file.getvalue()), "count": len(frames), "side": len(frames[0])}

    @answer_errors
    def film(self, question: WalkQuestion) -> FilmAnswer:
        """Make the film of a walk."""
        model, request = self._read(question)
        seconds = question.get("seconds", 5)
        check_range("Seconds", seconds, 0.5, MAX_SECONDS)
        kind = "mp4" if question.get("kind") == "mp4" else "webp"
        encode = provenance.mp4 if kind == "mp4" else provenance.webp
        label = make_label(model, {"walk": walk_settings(question), "seconds": seconds})
        frame_rate = max(1, round(request.frames / seconds))
        with self._lock:
            film = encode(list(walk(model, request)), frame_rate, label)
        seeds = "-".join(str(seed) for seed in request.seeds)
        return {"file": data_url(MEDIA_TYPES[kind], film), "name": f"{model.name}-walk-{seeds}.{kind}"}

    def _read(self, question: WalkQuestion) -> tuple[ImageModel, WalkRequest]:
        return self._registry.get(question.get("model")), WalkRequest(**walk_settings(question))
