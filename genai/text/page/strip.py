"""The strip above a text: the characters read, the hidden states, the probabilities, the chosen character."""

import threading
from collections.abc import Sequence
from typing import TypedDict

from torch import Tensor

from genai.serving.coalescing import Coalescer
from genai.serving.models import Registry
from genai.text.decoding.batch import SNAPSHOT_AT
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.reader import ModelState
from genai.text.internals import Reading, activations, check_length, read
from genai.text.page.questions import CharacterQuestion, MotionQuestion, sampling_request, whole_number
from genai.text.page.xray import ChoiceAnswer, ChoicesAnswer, XRay, choice_answers, choices_answer
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, read_states
from genai.text.vocabulary import Vocabulary
from genai.text.worker import WorkerText
from genai.ui.views.inside import Sheet, sheet
from genai.ui.words.errors import answer_errors

COLUMNS = 32  # of the picture of a layer's neurons
MAX_PLACES = 32  # of a strip in motion, in one answer
MAX_MOVING = 3000  # characters of a text up to which its strip moves: reading it takes a third of a second


class StripAnswer(ChoicesAnswer):
    """How one character was chosen; "neurons" is a sheet of all hidden states before it, layer below layer."""

    neurons: Sheet


class FirstStripAnswer(StripAnswer):
    """The strip that comes with a text; "place" is the index of its character in prompt and text."""

    place: int


class MovingChoice(ChoiceAnswer):
    """A choice with the probability that the sampler draws it with."""

    dice: float


class MovingStrip(TypedDict):
    """A `StripAnswer` without the logits, of which a strip in motion would need too many."""

    neurons: Sheet
    choices: list[MovingChoice]


class MotionAnswer(TypedDict):
    """The strips of some characters, in their order."""

    strips: list[MovingStrip]


class CharacterStrip:
    """Answers for all visitors who choose another character than the first, whose strip comes with the text.

    Args:
        registry: The text models.
        xray: That of the tab, which caches the texts that it has read.
    """

    def __init__(self, registry: Registry[TextModel], xray: XRay) -> None:
        self._registry = registry
        self._xray = xray
        self._coalescer = Coalescer(_read_prefixes)
        self._lock = threading.Lock()  # one text is read as a whole at a time

    @answer_errors
    def strip(self, question: CharacterQuestion) -> StripAnswer:
        """Show how the character at a place was chosen."""
        name, text = self._xray.named(question)
        model = self._registry.get(name)
        place = whole_number("Place", question.get("place"), 0, len(text) - 1)
        if question.get("kept"):
            reading = self._xray.reading(question).reading
            logits = reading.logits[place]
            hidden = reading.hidden[:, place]
        else:
            prefix = text[: place + 1]
            check_length(prefix)
            tokens = model.vocabulary.encode(model.lead_in + prefix)
            state = self._coalescer.ask((model, tokens[:-1]))
            logits = state.logits.float().cpu()
            hidden = activations(model.network, state.state[0][:, 0]).float().cpu()
        return _describe(model.vocabulary, logits, hidden, text[place])

    @answer_errors
    def strips(self, question: MotionQuestion) -> MotionAnswer:
        """Show how each of up to 32 characters was chosen, in one reading of the text, for a strip in motion."""
        name, text = self._xray.named(question)
        model = self._registry.get(name)
        places = question.get("places")
        if not isinstance(places, list):
            places = []
        whole_number("The number of places", len(places), 1, MAX_PLACES)
        for place in places:
            whole_number("Place", place, 0, min(len(text), MAX_MOVING) - 1)
        request = sampling_request(question)
        with self._lock:
            reading = read(model, text[: max(places) + 1])
        return {"strips": [moving_strip(model.vocabulary, reading, place, request) for place in places]}


def moving_strip(vocabulary: Vocabulary, reading: Reading, place: int, request: TextRequest) -> MovingStrip:
    """Describe how the character at a place of a text was chosen, by the settings of a request."""
    logits = reading.logits[place]
    dice = SamplingDistribution.of([request]).probabilities(logits[None])[0][0]
    answers: list[MovingChoice] = []
    for answer in choice_answers(logits, reading.text[place], vocabulary):
        answers.append({**answer, "dice": dice[answer["rank"]].item()})
    return {"neurons": sheet(_rows(reading.hidden[:, place])), "choices": answers}


def first_strip(vocabulary: Vocabulary, written: WorkerText) -> FirstStripAnswer | None:
    """Describe how the character after the first 16 of a text was chosen, without reading the text again.

    Returns:
        The strip; None of a text without a 17th character, or where it is a blank, with which no strip begins.
    """
    if written.snapshot is None or not written.text[SNAPSHOT_AT : SNAPSHOT_AT + 1].strip():
        return None
    logits = written.snapshot.logits.float().cpu()
    hidden = written.snapshot.state[0][:, 0].float().cpu()
    strip = _describe(vocabulary, logits, hidden, written.text[SNAPSHOT_AT])
    return {"place": len(written.request.prompt) + SNAPSHOT_AT, **strip}


def _describe(vocabulary: Vocabulary, logits: Tensor, hidden: Tensor, character: str) -> StripAnswer:
    return {"neurons": sheet(_rows(hidden)), **choices_answer(logits, character, vocabulary)}


def _read_prefixes(prefixes: Sequence[tuple[TextModel, Tensor]]) -> list[ModelState]:
    """Read the prefixes of one model together, and return the state after each, in their order."""
    indexes: dict[str, list[int]] = {}
    for index, (model, _) in enumerate(prefixes):
        indexes.setdefault(model.name, []).append(index)
    states: dict[int, ModelState] = {}
    for own in indexes.values():
        model = prefixes[own[0]][0]
        states.update(zip(own, read_states(model, [prefixes[index][1] for index in own]), strict=True))
    return [states[index] for index in range(len(prefixes))]


def _rows(states: Tensor) -> Tensor:
    """Lay hidden states (layers, H) out in rows of 32, one layer below the other: (1, rows, 32)."""
    layers, units = states.shape
    rows = -(-units // COLUMNS)
    filled = states.new_zeros(layers, rows * COLUMNS)
    filled[:, :units] = states
    return filled.view(1, layers * rows, COLUMNS)
