"""From a prompt and a seed to text: one character after another, many texts at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from genai.errors import ConfigError
from genai.header import Header
from genai.randomness import check_seed, generator
from genai.text.model import CharLSTM, State
from genai.text.stepper import Stepper, probabilities
from genai.text.vocabulary import Vocabulary

MAX_LENGTH, MAX_PROMPT, MAX_TEMPERATURE = 5000, 10_000, 5.0


@dataclass(frozen=True)
class TextRequest:
    """What to write.

    Args:
        prompt: Text to go on from, any length up to 10,000 characters.
        length: Characters to write, 1 to 5000.
        temperature: 0 to 5; divides the logits: 0 always takes the likeliest character, 1 keeps the model's odds.
        top_k: Choose among the k likeliest characters; 0 means all.
        top_p: Choose among the likeliest characters that together have this probability, above 0 to 1 (nucleus).
        seed: Start of the dice.
        stop: Writing ends after this text was written; empty means never.
    """

    prompt: str = ""
    length: int = 400
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    stop: str = ""

    def __post_init__(self) -> None:
        _check("Length", self.length, 1, MAX_LENGTH, whole=True)
        _check("Temperature", self.temperature, 0, MAX_TEMPERATURE)
        _check("Top-k", self.top_k, 0, 1_000_000, whole=True)
        _check("Top-p", self.top_p, 1e-6, 1)
        check_seed(self.seed)
        if len(self.prompt) > MAX_PROMPT:
            raise ConfigError(
                "The prompt has {count} characters: at most {high} are read. Shorten it.",
                count=len(self.prompt),
                high=MAX_PROMPT,
            )


def _check(name: str, value: float, low: float, high: float, *, whole: bool = False) -> None:
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:  # NaN fails too
        raise ConfigError(
            "{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
            name=name,
            value=repr(value),
            kind="a whole number" if whole else "a number",
            low=low,
            high=high,
        )


@dataclass(frozen=True)
class TextResult:
    """What was written, without the prompt."""

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
    stepper: Stepper = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stepper", Stepper(self.network))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return self.network.head.weight.device


def generate(model: TextModel, requests: Sequence[TextRequest]) -> list[TextResult]:
    """Write all requested texts together; each comes out as it would alone.

    Raises:
        ConfigError: if a prompt holds a character that the model does not know.
    """
    texts = [""] * len(requests)
    for characters in _steps(model, requests):
        for row, character in enumerate(characters):
            texts[row] += character
    return [TextResult(request, text) for request, text in zip(requests, texts, strict=True)]


def stream(model: TextModel, request: TextRequest) -> Iterator[str]:
    """Write one text and hand out each character as it is chosen; closing the iterator ends the work.

    Raises:
        ConfigError: as `generate`.
    """
    for (character,) in _steps(model, [request]):
        yield character


def _steps(model: TextModel, requests: Sequence[TextRequest]) -> Iterator[list[str]]:
    """Yield the next character of every text, empty where one has ended."""
    if not requests:
        return
    device, written = model.device, [""] * len(requests)
    logits, state = _read_prompts(model, [request.prompt for request in requests])
    # Always the dice of the longest text, so that a shorter one is the beginning of a longer one.
    dice = torch.stack([torch.rand(MAX_LENGTH, generator=generator(r.seed), dtype=torch.float64) for r in requests])
    temperature = torch.tensor([request.temperature for request in requests], dtype=torch.float64, device=device)
    top_k = torch.tensor([request.top_k for request in requests], device=device)
    top_p = torch.tensor([request.top_p for request in requests], dtype=torch.float64, device=device)
    dice = dice.to(device)
    for place in range(max(request.length for request in requests)):
        odds, characters = probabilities(logits, temperature, top_k, top_p)
        thrown = dice[:, place, None].contiguous()  # (B, 1)
        fallen = torch.searchsorted(odds.cumsum(dim=1), thrown, right=True)
        last = (odds > 0).sum(dim=1, keepdim=True) - 1  # rounding may leave the sum just under 1
        tokens = characters.gather(1, torch.minimum(fallen, last))[:, 0]
        chosen = [
            "" if _ended(request, text) else character
            for request, text, character in zip(requests, written, model.vocabulary.decode(tokens), strict=True)
        ]
        written = [text + character for text, character in zip(written, chosen, strict=True)]
        yield chosen
        if all(_ended(request, text) for request, text in zip(requests, written, strict=True)):
            return
        logits, state = model.stepper.step(tokens, state)


def start_of(vocabulary: Vocabulary) -> str:
    """Return what is read before every text: a line break, or the first character of a vocabulary without."""
    return vocabulary.characters[0] if vocabulary.unknown("\n") else "\n"


def _ended(request: TextRequest, text: str) -> bool:
    return len(text) >= request.length or bool(request.stop and text.endswith(request.stop))


@torch.inference_mode()
def _read_prompts(model: TextModel, prompts: Sequence[str]) -> tuple[Tensor, State]:
    """Read each prompt by itself, so that its state does not depend on its company.

    A line break comes before it, as before the texts in the data: a poem or a scene begins, not the middle of one.
    """
    start = start_of(model.vocabulary)
    read = [model.network(model.vocabulary.encode(start + prompt)[None].to(model.device)) for prompt in prompts]
    logits = torch.cat([logits[:, -1] for logits, _ in read])
    return logits, (torch.cat([s[0] for _, s in read], dim=1), torch.cat([s[1] for _, s in read], dim=1))
