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
    """Label a text; without its length, so that the label holds for a text that was stopped too."""
    names = ("prompt", "temperature", "top_k", "top_p", "seed")
    settings = {name: getattr(request, name) for name in names}
    return provenance.Label("text", writer.name, writer.sha256, settings, writer.precision)
