"""The strip above a text: what the network read, how it stood, its odds, the dice, the character that came."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from genai.serving.coalescing import Coalescer
from genai.serving.models import Registry
from genai.text.decoding.batch import SNAPSHOT_AT
from genai.text.decoding.reader import ModelState
from genai.text.internals import check_length, choices
from genai.text.page.xray import XRay, whole_number
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, read_states, start_character
from genai.text.vocabulary import Vocabulary
from genai.text.worker import WorkerText
from genai.ui.views.inside import sheet
from genai.ui.words.errors import answer_errors

COLUMNS = 32  # of the picture of a layer's neurons


class CharacterStrip:
    """Answers for all visitors who look at another character than the one with which a text comes.

    Args:
        registry: The text models.
        xray: Of the tab, which keeps the texts that were read.
    """

    def __init__(self, registry: Registry[TextModel], xray: XRay) -> None:
        self._registry, self._xray = registry, xray
        self._together = Coalescer(_stand)

    @answer_errors
    def strip(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell how the character at a place came.

        Args:
            data: "model", "text", "place" from 0 to the last character; the settings that bear on the odds; "kept":
                whether the text is the one in the X-ray, read already.

        Returns:
            "neurons": a sheet of all hidden states before the character, layer below layer; "choices": the
            likeliest characters and the one that came.
        """
        name, text = self._xray.named(data)
        model, place = self._registry.get(name), whole_number(data, "place", len(text) - 1, low=0)
        if data.get("kept"):
            _, reading, _ = self._xray.reading(data)
            logits, hidden = reading.logits[place], reading.hidden[:, place]
        else:
            read = text[: place + 1]
            check_length(read)
            tokens = model.vocabulary.encode(start_character(model.vocabulary) + read)
            standing = self._together.ask((model, tokens[:-1]))
            logits, hidden = standing.logits.float().cpu(), standing.state[0][:, 0].float().cpu()
        settings = {name: data[name] for name in ("temperature", "top_k", "top_p") if name in data}
        return _describe(model.vocabulary, logits, hidden, text[place], TextRequest(**settings))


def first_strip(vocabulary: Vocabulary, written: WorkerText) -> dict[str, Any] | None:
    """Describe how the character after the first 16 of a text was chosen, without reading the text again.

    Returns:
        As `CharacterStrip.strip`, and the "place" in prompt and text; None of a shorter text.
    """
    if written.snapshot is None or len(written.text) <= SNAPSHOT_AT:
        return None
    logits = written.snapshot.logits.float().cpu()
    hidden = written.snapshot.state[0][:, 0].float().cpu()
    answer = _describe(vocabulary, logits, hidden, written.text[SNAPSHOT_AT], written.request)
    return {"place": len(written.request.prompt) + SNAPSHOT_AT, **answer}


def _describe(
    vocabulary: Vocabulary, logits: Tensor, hidden: Tensor, character: str, request: TextRequest
) -> dict[str, Any]:
    offered = choices(logits, character, vocabulary, request)
    return {"neurons": sheet(_rows(hidden)), "choices": [vars(choice) for choice in offered]}


def _stand(asked: Sequence[tuple[TextModel, Tensor]]) -> list[ModelState]:
    found: dict[int, ModelState] = {}
    for model in {id(model): model for model, _ in asked}.values():
        mine = [n for n, (other, _) in enumerate(asked) if other is model]
        found |= zip(mine, read_states(model, [asked[n][1] for n in mine]), strict=True)
    return [found[n] for n in range(len(asked))]


def _rows(states: torch.Tensor) -> torch.Tensor:
    """Lay hidden states (layers, H) out in rows of 32, a layer below the other: (1, rows, 32)."""
    layers, units = states.shape
    rows = -(-units // COLUMNS)
    filled = states.new_zeros(layers, rows * COLUMNS)
    filled[:, :units] = states
    return filled.view(1, layers * rows, COLUMNS)
