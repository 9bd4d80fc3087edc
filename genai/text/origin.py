"""The label of a text: where it came from."""

from typing import Protocol

from genai import provenance
from genai.text.request import TextRequest


class Writer(Protocol):
    """What a label says of the model, as `TextModel` and `worker.WorkerText` know it."""

    @property
    def name(self) -> str:
        """The name of its checkpoint."""

    @property
    def sha256(self) -> str:
        """Of its weights."""

    @property
    def precision(self) -> str:
        """In which it computed."""


def label(writer: Writer, request: TextRequest) -> provenance.Label:
    """Label a text; without its length, so that the label holds for a text that was stopped too.

    Args:
        writer: The model.
        request: As the model read it. Its lead-in and typical-p are named unless they are the defaults, as before
            there were others.
    """
    names = ("prompt", "temperature", "top_k", "top_p", "seed")
    settings = {name: getattr(request, name) for name in names}
    if request.typical_p < 1:
        settings["typical_p"] = request.typical_p
    if request.lead_in:
        settings["lead_in"] = request.lead_in
    return provenance.Label("text", writer.name, writer.sha256, settings, writer.precision)
