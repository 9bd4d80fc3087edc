"""The X-ray of the Text tab: how the network reads a text, one neuron, the probabilities at a place.

An answer depends on its question alone. The last few readings are cached, so that a click need not read the text
again. Answers are plain data; errors are answered by a sentence.
"""

import base64
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor

from genai import checkpoint
from genai.errors import CheckpointError, ConfigError, UnknownCharactersError, quoted
from genai.language.strings import Bilingual
from genai.quality.data_identity import DataIdentity, identity_of
from genai.serving.models import Registry
from genai.text.gpt.model import CharGPT
from genai.text.indentation import spaces_to_tabs
from genai.text.indexing import PassageIndex, load
from genai.text.internals import (
    Hit,
    Reading,
    attention,
    by_chance,
    check_length,
    choices,
    find,
    gates,
    read,
    seen_into,
)
from genai.text.page import properties
from genai.text.page.offers import models_that_know
from genai.text.page.questions import (
    AttentionQuestion,
    CharacterQuestion,
    NeuronQuestion,
    TextQuestion,
    whole_number,
)
from genai.text.page.readings import Readings
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary
from genai.ui.words.errors import ErrorAnswer, answer_errors, sentence

HITS = 3  # neurons shown for a property
KEPT_BYTES = 100_000_000  # of readings: one of 2,000 characters by `tang` takes 31 MB, three quarters of it logits


class HitAnswer(TypedDict):
    """A neuron, by its layer and unit from 1, and its correlation with a property."""

    layer: int
    unit: int
    correlation: float


class PropertyAnswer(TypedDict):
    """The neurons that correlate best with a property, and the best correlation of as many random units."""

    hits: list[HitAnswer]
    chance: float


class CopyAnswer(TypedDict):
    """The longest copied passage: its start and length, and the least length that the index detects."""

    start: int
    length: int
    least: int


class LookAnswer(TypedDict):
    """How a text was read.

    Attributes:
        text: The text as it was read.
        surprise: Of each character, in hundredths of a nat.
        bits: Mean surprise in bits.
        usual: The same on text held out from training; None if the file has no such figure.
        layers: Layers of the network.
        units: Units of a layer.
        heads: Heads of attention of each layer; 0 of an LSTM, which has none.
        properties: The neurons that correlate with each property.
        copied: The longest passage that is also in the training text; None without an index.
        no_copies: Why there is no index; None with one.
    """

    text: str
    surprise: list[int]
    bits: float
    usual: float | None
    layers: int
    units: int
    heads: int
    properties: dict[str, PropertyAnswer]
    copied: CopyAnswer | None
    no_copies: Bilingual | None


class NeuronAnswer(TypedDict):
    """One neuron over a text.

    Attributes:
        activation: After each character, in hundredths, -100 to 100.
        cell_scale: Largest absolute value of the cell state.
        gates: The curves of `internals.gates` in hundredths, the cell state divided by `cell_scale`.
    """

    activation: list[int]
    cell_scale: float
    gates: dict[str, list[int]]


class AttentionAnswer(TypedDict):
    """What a layer looked at when a character was chosen.

    Attributes:
        heads: Of each head, the weights of the characters before, in thousandths.
        before: Of each head, the weight of what was read before the text, in thousandths.
    """

    heads: list[list[int]]
    before: list[int]


class ChoiceAnswer(TypedDict):
    """A `Choice` under the names of the page's script: its odds are the network's probability."""

    character: str
    rank: int
    odds: float
    chosen: bool


class ChoicesAnswer(TypedDict):
    """What could stand at a place.

    Attributes:
        choices: The likeliest characters and the one in the text, likeliest first.
        logits: Of all characters in falling order, as the base64 of little-endian float32: from them the page
            computes the probabilities after the settings of sampling, as `sampler.js` says.
    """

    choices: list[ChoiceAnswer]
    logits: str


@dataclass(frozen=True)
class ModelReading:
    """A text as a model read it.

    Args:
        model: The model.
        reading: Its outputs and states.
    """

    model: TextModel
    reading: Reading


def _bytes_of(result: ModelReading) -> int:
    return result.reading.logits.nbytes + result.reading.hidden.nbytes


class XRay:
    """Answers for all visitors.

    Args:
        registry: The text models.
    """

    def __init__(self, registry: Registry[TextModel]) -> None:
        self._registry = registry
        self._lock = threading.Lock()  # one text is read at a time: reading takes the whole machine
        self._kept = Readings(self._read, _bytes_of, KEPT_BYTES)
        self._kept_chance = Readings(self._read_by_chance, lambda hidden: hidden.nbytes, KEPT_BYTES)

    @answer_errors
    def look(self, question: TextQuestion) -> LookAnswer | ErrorAnswer:
        """Read a text; where the model does not know a character that a person typed, offer models that do."""
        try:
            result, random_hidden = self._reading_and_chance(question)
        except UnknownCharactersError as error:
            text = question["text"] if question.get("pasted") else ""
            offers = models_that_know(self._registry, text, {}) if text else []
            return {"sentence": sentence(error), "offers": offers}
        reading = result.reading
        layers, _, units = reading.hidden.shape
        correlations: dict[str, PropertyAnswer] = {}
        for name, values in properties.of(reading.text).items():
            hits = find(reading.hidden, values, HITS)
            [random_hit] = find(random_hidden, values, 1)
            correlations[name] = {
                "hits": [_hit_answer(hit) for hit in hits],
                "chance": abs(random_hit.correlation),
            }
        return {
            "text": reading.text,
            "surprise": hundredths(reading.surprise),
            "bits": reading.bits_per_character,
            "usual": _usual(result.model),
            "layers": layers,
            "units": units,
            "heads": heads_of(result.model),
            "properties": correlations,
            **_copied(result.model, reading.text, self._registry.folder),
        }

    @answer_errors
    def neuron(self, question: NeuronQuestion) -> NeuronAnswer:
        """Show one neuron over a text."""
        result = self.reading(question)
        reading = result.reading
        layers, _, units = reading.hidden.shape
        layer = whole_number("Layer", question.get("layer"), 1, layers) - 1
        unit = whole_number("Unit", question.get("unit"), 1, units) - 1
        curves = gates(reading, result.model, layer, unit)
        scale = 1.0
        if curves:
            scale = max(curves["cell"].abs().max().item(), 1e-9)
            curves["cell"] = curves["cell"] / scale
        return {
            "activation": hundredths(reading.neuron(layer, unit)),
            "cell_scale": scale,
            "gates": {name: hundredths(values) for name, values in curves.items()},
        }

    @answer_errors
    def attention(self, question: AttentionQuestion) -> AttentionAnswer:
        """Show what the heads of a layer looked at when a character was chosen."""
        name, text = self.named(question)
        model = self._registry.get(name)
        check_length(text)
        place = whole_number("Place", question.get("place"), 0, len(text))
        layer = whole_number("Layer", question.get("layer"), 1, seen_into(model.network).config.layers)
        with self._lock:
            weights = attention(model, text, place, layer - 1)
        thousandths: list[list[int]] = (weights * 1000).round().to(torch.int).tolist()
        return {"heads": [row[1:] for row in thousandths], "before": [row[0] for row in thousandths]}

    @answer_errors
    def odds(self, question: CharacterQuestion) -> ChoicesAnswer:
        """Return the likeliest characters at a place, which may be the end of the text."""
        result = self.reading(question)
        reading = result.reading
        place = whole_number("Place", question.get("place"), 0, len(reading.text))
        character = reading.text[place : place + 1]
        vocabulary = result.model.vocabulary
        return choices_answer(reading.logits[place], character, vocabulary)

    def reading(self, question: TextQuestion) -> ModelReading:
        """Read the text of a question by its model, or return the cached reading.

        Raises:
            GenaiError: if the model or the text cannot be read.
        """
        name, text = self.named(question)
        with self._lock:
            return self._kept.get(name, text)

    def named(self, question: TextQuestion) -> tuple[str, str]:
        """Return the model's name and the text in a question.

        Raises:
            GenaiError: if there is no such model, or no text.
        """
        name = question.get("model")
        text = question.get("text")
        if not isinstance(text, str):
            raise ConfigError(
                "{name} is {value}: a text is needed, in quotation marks.", name="Text", value=quoted(text)
            )
        header = self._registry.header(name)  # refuses a wrong name before anything is cached under it
        return str(name), spaces_to_tabs(text) if header.tabs and question.get("pasted") else text

    def _read(self, name: str, text: str) -> ModelReading:
        model = self._registry.get(name)
        return ModelReading(model, read(model, text))

    def _read_by_chance(self, name: str, text: str) -> Tensor:
        model = self._registry.get(name)
        check_length(text)
        return by_chance(model, text)

    def _reading_and_chance(self, question: TextQuestion) -> tuple[ModelReading, Tensor]:
        """Read a text by its model, and by an untrained network of the same shape: its activations.

        Raises:
            GenaiError: as `reading`.
        """
        name, text = self.named(question)
        with (
            self._lock,
            ThreadPoolExecutor(1) as executor,
        ):  # each of the two networks computes on a core of its own
            random_hidden = executor.submit(self._kept_chance.get, name, text)
            return self._kept.get(name, text), random_hidden.result()


def heads_of(model: TextModel) -> int:
    """Return how many heads of attention each layer has; 0 of an LSTM."""
    return model.network.config.heads if isinstance(model.network, CharGPT) else 0


def choices_answer(logits: Tensor, chosen: str, vocabulary: Vocabulary) -> ChoicesAnswer:
    """Describe what could stand at a place; takes what `internals.choices` takes."""
    ordered = logits.sort(descending=True).values.numpy().astype("<f4")
    answers = choice_answers(logits, chosen, vocabulary)
    return {"choices": answers, "logits": base64.b64encode(ordered.tobytes()).decode()}


def choice_answers(logits: Tensor, chosen: str, vocabulary: Vocabulary) -> list[ChoiceAnswer]:
    """Return `internals.choices` as plain data."""
    answers: list[ChoiceAnswer] = []
    for choice in choices(logits, chosen, vocabulary):
        answers.append(
            {
                "character": choice.character,
                "rank": choice.rank,
                "odds": choice.probability,
                "chosen": choice.chosen,
            }
        )
    return answers


def _hit_answer(hit: Hit) -> HitAnswer:
    return {"layer": hit.layer + 1, "unit": hit.unit + 1, "correlation": hit.correlation}


def _usual(model: TextModel) -> float | None:
    """Bits a character on held-out text, from the model's header; None if it does not say."""
    figure = (model.header.metrics if model.header else {}).get("nats_per_character_stream")
    return figure["value"] / math.log(2) if figure else None


@cache
def _training_text(data: DataIdentity, checkpoints: Path | None) -> PassageIndex:
    return load(data.name, checkpoint.folder_beside("indexes", checkpoints), data)


class _Copies(TypedDict):
    """The fields of a `LookAnswer` about copies."""

    copied: CopyAnswer | None
    no_copies: Bilingual | None


def _copied(model: TextModel, text: str, checkpoints: Path | None) -> _Copies:
    """Start and length of the longest copied passage, by the index of the training text; or why there is none."""
    if model.header is None:
        return {"copied": None, "no_copies": None}
    try:
        strings = _training_text(identity_of(model.header), checkpoints)
    except CheckpointError as error:
        return {"copied": None, "no_copies": sentence(error)}
    start, length = strings.longest_copy(text)
    return {"copied": {"start": start, "length": length, "least": strings.window}, "no_copies": None}


def hundredths(values: Tensor) -> list[int]:
    """Return values (T,) in hundredths, rounded."""
    rounded: list[int] = (values * 100).round().to(torch.int).tolist()
    return rounded
