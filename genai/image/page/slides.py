"""Pictures for slides: enlarged, and as a contact sheet; each file has the provenance label inside."""

import threading
from dataclasses import asdict
from typing import TypedDict

from genai import provenance
from genai.gan.origin import make_label, result_label
from genai.image.sampling import ImageModel, ImageResult, generate
from genai.image.sheet import FACTOR, SheetRequest, contact_sheet, enlarge, sheet_scale
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.views.questions import ResultQuestion
from genai.ui.words.errors import answer_errors


class SlidesQuestion(ResultQuestion, total=False):
    """A question for pictures of consecutive seeds, of which `seed` is the first.

    Attributes:
        count: Pictures, 1 to 64.
    """

    count: int


class SlideFile(TypedDict):
    """A PNG as a data URL, and a name for the file."""

    source: str
    file: str


class EnlargedAnswer(TypedDict):
    """The pictures, and a name for an archive of them."""

    cells: list[SlideFile]
    archive: str


class Slides:
    """Answers for all visitors; errors are answered by a sentence.

    Args:
        registry: The image models.
    """

    def __init__(self, registry: Registry[ImageModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one at a time: to encode 64 pictures takes a core for a second

    @answer_errors
    def enlarged(self, question: SlidesQuestion) -> EnlargedAnswer:
        """Draw pictures eight times as large as they are."""
        model, request = self._read(question)
        with self._lock:
            results = generate(model, request.requests())
            cells: list[SlideFile] = [
                {
                    "source": data_url("image/png", provenance.png(enlarge(result.image), _label(model, result))),
                    "file": f"{model.name}-seed{result.seed}-x{FACTOR}.png",
                }
                for result in results
            ]
        return {"cells": cells, "archive": f"{model.name}-seed{request.seed}-x{FACTOR}.zip"}

    @answer_errors
    def sheet(self, question: SlidesQuestion) -> SlideFile:
        """Draw a contact sheet."""
        model, request = self._read(question)
        with self._lock:
            pixels = contact_sheet(model, request)
            scale = sheet_scale(model.network.config.size, request.count)
            label = make_label(model, {"sheet": asdict(request), "enlarged": scale})
            file = provenance.png_of_pixels(pixels, label)
        name = f"{model.name}-seed{request.seed}-sheet.png"
        return {"source": data_url("image/png", file), "file": name}

    def _read(self, question: SlidesQuestion) -> tuple[ImageModel, SheetRequest]:
        request = SheetRequest(
            question.get("label"),
            question.get("seed", 0),
            question.get("count", 1),
            question.get("truncation", 1.0),
            question.get("variant"),
        )
        return self._registry.get(question.get("model")), request


def _label(model: ImageModel, result: ImageResult) -> provenance.Label:
    label = result_label(model, result)
    return make_label(model, {**label.settings, "enlarged": FACTOR})
