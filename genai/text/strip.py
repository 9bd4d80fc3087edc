"""The strip above a text: what the network read, how it stood, its odds, the dice, the character that came."""

from typing import Any

import torch

from genai.text.internals import choices, read
from genai.text.request import TextRequest
from genai.text.sampling import TextModel
from genai.text.xray import XRay, whole
from genai.ui.errors import told
from genai.ui.inside import sheet
from genai.ui.registry import Registry

COLUMNS = 32  # of the picture of a layer's neurons


class Strip:
    """Answers for all visitors.

    Args:
        registry: The text models.
        xray: Of the tab, which keeps the texts that were read.
    """

    def __init__(self, registry: Registry[TextModel], xray: XRay) -> None:
        self._registry, self._xray = registry, xray

    @told
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
        model, place = self._registry.get(name), whole(data, "place", len(text) - 1, low=0)
        reading = self._xray.reading(data)[1] if data.get("kept") else read(model, text[: place + 1])
        settings = {name: data[name] for name in ("temperature", "top_k", "top_p") if name in data}
        offered = choices(reading, model, place, TextRequest(**settings))
        return {"neurons": sheet(_rows(reading.hidden[:, place])), "choices": [vars(choice) for choice in offered]}


def _rows(states: torch.Tensor) -> torch.Tensor:
    """Lay hidden states (layers, H) out in rows of 32, a layer below the other: (1, rows, 32)."""
    layers, units = states.shape
    rows = -(-units // COLUMNS)
    filled = states.new_zeros(layers, rows * COLUMNS)
    filled[:, :units] = states
    return filled.view(1, layers * rows, COLUMNS)
