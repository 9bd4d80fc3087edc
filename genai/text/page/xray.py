"""What the X-ray of the Text tab asks the server: how a text was read, one neuron, the odds at a place.

Each question is answered from its own data alone, and the same question has the same answer; the last few readings
are kept, so that a click need not read the text again. Answers are plain data; a mistake is answered by a sentence.
"""

import math
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Any

import torch
from torch import Tensor

from genai.errors import CheckpointError, ConfigError, quoted
from genai.serving.models import Registry
from genai.text.indentation import spaces_to_tabs
from genai.text.indexing import PassageIndex, load
from genai.text.internals import Hit, Reading, by_chance, check_length, choices, find, gates, read
from genai.text.page import properties
from genai.text.request import TextRequest
from genai.text.sampling import TextModel
from genai.ui.words.errors import answer_errors
from genai.validation import check_range

HITS = 3  # neurons shown for a property
KEPT = 6  # readings; one of 2,000 characters by 2 x 640 units takes 11 MB
Question = Callable[["XRay", dict[str, Any]], dict[str, Any]]


class XRay:
    """Answers for all visitors.

    Args:
        registry: The text models.
    """

    def __init__(self, registry: Registry[TextModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one text is read at a time: reading takes the whole machine
        self._kept = lru_cache(KEPT)(self._read)

    @answer_errors
    def look(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell how a text was read.

        Args:
            data: "model" and "text"; "pasted": whether a person typed it, who may indent by spaces.

        Returns:
            "text" as it was read; "surprise" of each character in hundredths of a nat; "bits" a character; "usual":
            the same on text held out from training; "layers" and "units"; for each property "hits", and "chance":
            the best of as many random units; "copied": the longest passage that stands in the training text, null
            if nobody knows.
        """
        model, reading, random = self.reading(data)
        answer = {
            name: {
                "hits": [_plain(hit) for hit in find(reading.hidden, values, HITS)],
                "chance": abs(find(random, values, 1)[0].correlation),
            }
            for name, values in properties.of(reading.text).items()
        }
        layers, _, units = reading.hidden.shape
        surprise = (reading.surprise * 100).round().int().tolist()
        return {"text": reading.text, "surprise": surprise, "bits": reading.bits_per_character,
                "usual": _usual(model), "layers": layers, "units": units, "properties": answer,
                "copied": _copied(model, reading.text)}  # fmt: skip

    @answer_errors
    def neuron(self, data: dict[str, Any]) -> dict[str, Any]:
        """Show one neuron over a text.

        Args:
            data: "model", "text", "layer" and "unit", both from 1.

        Returns:
            "activation" of each character in hundredths, -100 to 100, and the "gates" likewise, the cell divided by
            its largest absolute value, which is "cell_scale".
        """
        model, reading, _ = self.reading(data)
        layers, _, units = reading.hidden.shape
        layer, unit = whole_number(data, "layer", layers) - 1, whole_number(data, "unit", units) - 1
        curves = gates(reading, model, layer, unit)
        scale = max(curves["cell"].abs().max().item(), 1e-9)
        curves["cell"] = curves["cell"] / scale
        return {"activation": _hundredths(reading.neuron(layer, unit)), "cell_scale": scale,
                "gates": {name: _hundredths(values) for name, values in curves.items()}}  # fmt: skip

    @answer_errors
    def odds(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell the likeliest characters at a place.

        Args:
            data: "model", "text", "place" from 0, and the settings of a request that bear on the odds.
        """
        model, reading, _ = self.reading(data)
        place = whole_number(data, "place", len(reading.text), low=0)
        settings = {name: data[name] for name in ("temperature", "top_k", "top_p") if name in data}
        character = reading.text[place : place + 1]
        offered = choices(reading.logits[place], character, model.vocabulary, TextRequest(**settings))
        return {"choices": [vars(choice) for choice in offered]}

    def reading(self, data: Mapping[str, Any]) -> tuple[TextModel, Reading, Tensor]:
        """Read the "text" by the "model", or find it among those kept: model, reading, the states of random units.

        Raises:
            GenaiError: if the model or the text cannot be read.
        """
        name, text = self.named(data)
        with self._lock:
            return self._kept(name, text)

    def named(self, data: Mapping[str, Any]) -> tuple[str, str]:
        """The model's name and the text in a question.

        Raises:
            GenaiError: if there is no such model, or no text.
        """
        name, text = data.get("model"), data.get("text")
        if not isinstance(text, str):
            raise ConfigError(
                "{name} is {value}: a text is needed, in quotation marks.", name="Text", value=quoted(text)
            )
        header = self._registry.header(name)  # knows the name before anything is kept under it
        return str(name), spaces_to_tabs(text) if header.tabs and data.get("pasted") else text

    def _read(self, name: str, text: str) -> tuple[TextModel, Reading, Tensor]:
        model = self._registry.get(name)
        check_length(text)
        with ThreadPoolExecutor(1) as beside:  # the two networks know nothing of each other: a core each
            chance = beside.submit(by_chance, model, text)
            return model, read(model, text), chance.result()


def _plain(hit: Hit) -> dict[str, Any]:
    return {"layer": hit.layer + 1, "unit": hit.unit + 1, "correlation": hit.correlation}


def _usual(model: TextModel) -> float | None:
    """Bits a character on held-out text, from the model's header; None if it does not say."""
    figure = (model.header.metrics if model.header else {}).get("nats_per_character_stream")
    return figure["value"] / math.log(2) if figure else None


@cache
def _training_text(data_set: str) -> PassageIndex:
    return load(data_set)


def _copied(model: TextModel, text: str) -> dict[str, int] | None:
    """Start and length of the longest copied passage, by the index of the training text, if there is one."""
    try:
        strings = _training_text(model.header.data_set if model.header else "")
    except CheckpointError:
        return None
    start, length = strings.longest_copy(text)
    return {"start": start, "length": length, "least": strings.window}


def whole_number(data: Mapping[str, Any], name: str, high: int, low: int = 1) -> int:
    """A whole number of a question.

    Raises:
        ConfigError: if it is none, or out of its range.
    """
    value = data.get(name)
    check_range(name.capitalize(), value, low, high, whole=True)
    return int(value)  # type: ignore[arg-type]  # it was checked


def _hundredths(values: Tensor) -> list[int]:
    found: list[int] = (values * 100).round().to(torch.int).tolist()
    return found
