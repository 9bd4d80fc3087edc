"""From a prompt and a seed to text: one character after another, many texts at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from genai.checkpoint.header import Header
from genai.seeds import make_rng
from genai.text.decoding.batch import Batch, Draft
from genai.text.decoding.cpu_step import CpuStep
from genai.text.decoding.gpt_step import GptStep
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import CpuLoop, GpuLoop, Loop
from genai.text.decoding.pair_step import PairStep
from genai.text.decoding.reader import ModelState, PromptReader
from genai.text.decoding.step import Step
from genai.text.gpt.model import CharGPT
from genai.text.indentation import spaces_to_tabs
from genai.text.networks import Network, device_of
from genai.text.pair.network import CharPair
from genai.text.request import MAX_LENGTH, TextRequest
from genai.text.vocabulary import Vocabulary

MAX_STEPPED = 32
"""Characters of a text that is read step by step; above this nn.LSTM is faster, which reorders weights first."""


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
    network: Network
    vocabulary: Vocabulary
    header: Header | None = None
    sha256: str = ""
    """Of its weights; of a pair both, joined by a plus sign."""
    loop: Loop = field(init=False, repr=False)
    reader: PromptReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        step = make_step(self.network)
        # The dataclass is frozen; these two follow from its fields.
        object.__setattr__(self, "loop", make_loop(step, self.network))
        object.__setattr__(self, "reader", PromptReader(step))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return device_of(self.network)

    @property
    def lead_in(self) -> str:
        """What is read before every text and not shown, so that it begins where texts of the data begin.

        By default a line break, or the first character of a vocabulary without one.
        """
        return self.read_before(self.header.lead_in if self.header else "")

    def read_before(self, lead_in: str) -> str:
        """Return a lead-in, or for an empty one the default."""
        return lead_in or ("\n" if not self.vocabulary.unknown("\n") else self.vocabulary.characters[0])

    @property
    def precision(self) -> str:
        """In which numbers texts are written, as a label names it."""
        return self.loop.precision


def make_step(network: Network) -> Step:
    """Rearrange a network to read one character at a time, on any device."""
    if isinstance(network, CharPair):
        return PairStep(network, make_step(network.lstm), make_step(network.gpt))
    return GptStep(network) if isinstance(network, CharGPT) else CpuStep(network)


def make_gpu_step(network: Network) -> Step:
    """Rearrange a network to read one character at a time on a GPU, with few kernels."""
    if isinstance(network, CharPair):
        return PairStep(network, make_gpu_step(network.lstm), make_gpu_step(network.gpt))
    return GptStep(network) if isinstance(network, CharGPT) else GpuStep(network)


def make_loop(step: Step, network: Network) -> Loop:
    """Make the loop that writes by a network, where that is."""
    if step.device.type == "cpu":
        return CpuLoop(step)
    return GpuLoop(step if isinstance(network, CharGPT) else make_gpu_step(network))


def generate(model: TextModel, requests: Sequence[TextRequest]) -> list[TextResult]:
    """Write all requested texts together; each comes out as it would alone.

    Raises:
        ConfigError: if a prompt holds a character that the model does not know.
    """
    drafts = start_drafts(model, requests)
    batch = Batch(model.loop, model.vocabulary)
    batch.join(drafts)
    while batch.drafts:
        batch.advance(batch.chunk)
    return [TextResult(draft.request, draft.text) for draft in drafts]


def stream(model: TextModel, request: TextRequest) -> Iterator[str]:
    """Write one text and yield each character soon after it is chosen; closing the iterator ends the work.

    Raises:
        ConfigError: as `generate`.
    """
    draft = start_draft(model, request)
    batch = Batch(model.loop, model.vocabulary)
    batch.join([draft])
    yielded = 0
    while batch.drafts:
        batch.advance(batch.chunk)
        yield from draft.text[yielded:]
        yielded = len(draft.text)


def check_prompt(model: TextModel, request: TextRequest) -> None:
    """Make sure that a model knows every character of a prompt.

    Raises:
        ConfigError: if it does not.
    """
    model.vocabulary.encode(as_read(model, request).prompt)


def start_draft(model: TextModel, request: TextRequest) -> Draft:
    """Start one draft, as `start_drafts`."""
    return start_drafts(model, [request])[0]


@torch.inference_mode()
def start_drafts(model: TextModel, requests: Sequence[TextRequest]) -> list[Draft]:
    """Read the prompts of requests and draw their random numbers.

    The model's lead-in comes before each prompt, as before the texts in the data: a poem or a scene begins, not the
    middle of one. The random numbers are always those of the longest text, so that a shorter text is the beginning
    of a longer one. A draft's request holds prompt and lead-in as the model read them.

    Raises:
        ConfigError: if a prompt holds a character that the model does not know.
    """
    requests = [as_read(model, request) for request in requests]
    prompts = [tokens_read(model, request) for request in requests]
    drafts = []
    for request, position in zip(requests, read_states(model, prompts), strict=True):
        uniforms = torch.rand(MAX_LENGTH, generator=make_rng(request.seed), dtype=torch.float64)
        drafts.append(Draft(request, position.logits, position.state, uniforms))
    return drafts


def as_read(model: TextModel, request: TextRequest) -> TextRequest:
    """Return the request as the model reads it: with its lead-in, indented by tabs where the training text was."""
    header = model.header
    lead_in = request.lead_in
    if lead_in is None:
        lead_in = header.lead_in if header else ""
    prompt = spaces_to_tabs(request.prompt) if header and header.tabs else request.prompt
    return replace(request, prompt=prompt, lead_in=lead_in)


def tokens_read(model: TextModel, request: TextRequest) -> Tensor:
    """Return the numbers of the characters that are read before the first one is written: lead-in and prompt.

    Args:
        model: Its vocabulary is used.
        request: As `as_read` returns it.
    """
    return model.vocabulary.encode(model.read_before(request.lead_in or "") + request.prompt)


@torch.inference_mode()
def read_states(model: TextModel, texts: Sequence[Tensor]) -> list[ModelState]:
    """Read texts, character numbers (T,) of each, and return where the network stands after them."""
    short = [n for n, tokens in enumerate(texts) if len(tokens) <= MAX_STEPPED]
    states: dict[int, ModelState] = {}
    if short:
        start = model.network.initial_state(1)
        read = model.reader.read([texts[n].to(model.device) for n in short], start)
        states.update(zip(short, read, strict=True))
    for n, tokens in enumerate(texts):
        if n not in states:
            logits, state = model.network(tokens[None].to(model.device))
            states[n] = ModelState(logits[0, -1], state)
    return [states[n] for n in range(len(texts))]
