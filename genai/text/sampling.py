"""From a prompt and a seed to text: one character after another, many texts at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from genai.checkpoint.header import Header
from genai.seeds import make_rng
from genai.text.decoding.batch import Batch, Draft
from genai.text.decoding.cpu_step import CpuStep
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import Loop
from genai.text.decoding.reader import ModelState, PromptReader
from genai.text.indentation import spaces_to_tabs
from genai.text.model import CharLSTM
from genai.text.request import MAX_LENGTH, TextRequest
from genai.text.vocabulary import Vocabulary

CHUNK = 16
"""Characters between two looks at what was written: few enough to follow, enough that looking costs little."""


SHORT = 32
"""Characters of a text that is read step by step; nn.LSTM puts its weights in order first, and then is faster."""


@dataclass(frozen=True)
class TextResult:
    """What was written, without the prompt; the request has the prompt as the model read it."""

    request: TextRequest
    text: str

    @property
    def full(self) -> str:
        """Prompt and text."""
        return self.request.prompt + self.text


@dataclass(frozen=True)
class TextModel:
    """A network with its vocabulary, ready to write; nothing in it changes by being used."""

    name: str
    network: CharLSTM
    vocabulary: Vocabulary
    header: Header | None = None
    weights: str = ""
    """SHA-256 of its weights."""
    loop: Loop = field(init=False, repr=False)
    reader: PromptReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        stepper = CpuStep(self.network)
        object.__setattr__(self, "loop", Loop(GpuStep(self.network) if self.device.type == "cuda" else stepper))
        object.__setattr__(self, "reader", PromptReader(stepper))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return self.network.head.weight.device

    @property
    def precision(self) -> str:
        """In which numbers texts are written, as a label names it."""
        return self.loop.precision


def generate(model: TextModel, requests: Sequence[TextRequest]) -> list[TextResult]:
    """Write all requested texts together; each comes out as it would alone.

    Raises:
        ConfigError: if a prompt holds a character that the model does not know.
    """
    drafts = [start_draft(model, request) for request in requests]
    company = Batch(model.loop, model.vocabulary)
    company.join(drafts)
    while company.drafts:
        company.advance(CHUNK)
    return [TextResult(draft.request, draft.text) for draft in drafts]


def stream(model: TextModel, request: TextRequest) -> Iterator[str]:
    """Write one text and hand out each character soon after it is chosen; closing the iterator ends the work.

    Raises:
        ConfigError: as `generate`.
    """
    draft, alone = start_draft(model, request), Batch(model.loop, model.vocabulary)
    alone.join([draft])
    handed = 0
    while alone.drafts:
        alone.advance(CHUNK)
        yield from draft.text[handed:]
        handed = len(draft.text)


def start_character(vocabulary: Vocabulary) -> str:
    """Return what is read before every text: a line break, or the first character of a vocabulary without."""
    return vocabulary.characters[0] if vocabulary.unknown("\n") else "\n"


@torch.inference_mode()
def start_draft(model: TextModel, request: TextRequest) -> Draft:
    """Read a request's prompt and throw its dice; the draft's request has the prompt as the model read it.

    The prompt is read by itself, so that its state does not depend on its company. A line break comes before it, as
    before the texts in the data: a poem or a scene begins, not the middle of one. The dice are always those of the
    longest text, so that a shorter one is the beginning of a longer one.

    Raises:
        ConfigError: if the prompt holds a character that the model does not know.
    """
    if model.header and model.header.tabs:
        request = replace(request, prompt=spaces_to_tabs(request.prompt))
    tokens = model.vocabulary.encode(start_character(model.vocabulary) + request.prompt)
    [(logits, state)] = read_states(model, [tokens])
    thrown = torch.rand(MAX_LENGTH, generator=make_rng(request.seed), dtype=torch.float64)
    return Draft(request, logits, state, thrown)


@torch.inference_mode()
def read_states(model: TextModel, texts: Sequence[Tensor]) -> list[ModelState]:
    """Read texts, character numbers (T,) of each, and tell where the network stands after them."""
    short = [n for n, tokens in enumerate(texts) if len(tokens) <= SHORT]
    found: dict[int, ModelState] = {}
    if short:
        beginning = model.network.initial_state(1)
        found |= zip(short, model.reader.read([texts[n].to(model.device) for n in short], beginning), strict=True)
    for n in set(range(len(texts))) - set(short):
        logits, state = model.network(texts[n][None].to(model.device))
        found[n] = ModelState(logits[0, -1], state)
    return [found[n] for n in range(len(texts))]
