"""Distillation: a network learns from other networks how likely each character is, and not only which one came.

The teachers say for each place of the training text what else could have come, which the text alone never says.
What is minimised is (1 - s) times the cross-entropy with the text plus s times that with the mean of the teachers'
probabilities. Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531, section 2; here the temperature is 1.
Of thousands of characters, as Chinese has, only the likeliest of each place are kept; all others together count as
one.

Of the training text the teachers know more than they would of any other, since they learnt it. So they can also
write a text of their own, by drawing each character from their mean probabilities. Source of learning from what a
teacher writes: Kim and Rush 2016, arXiv 1606.07947 (sequence-level distillation).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.networks import Network, device_of
from genai.text.pair.network import State, log_mean_probabilities
from genai.text.sampling import make_step

MAX_BYTES = 4_000_000_000
"""Of the teachers' probabilities, which are computed once and stay in memory."""
CANDIDATES = 256
"""Characters that are kept of each place. Of the 3,000 in Tang poems, 256 have 91 % of what tang-gpt says."""
BYTES = 6
"""Of a candidate: its number takes four, its probability two."""
ROUNDING = 1e-6
"""A sum of probabilities in float32 can be so far from one."""
PIECES = 64
WINDOW = 256
STREAMS = 128
"""Texts that the teachers write side by side."""


class Taught(NamedTuple):
    """What teachers say of the character after each place: the K likeliest ones, the likeliest first.

    Args:
        characters: (..., K), int32.
        probabilities: (..., K), float16; what a place lacks to one is that of all other characters together.
    """

    characters: Tensor
    probabilities: Tensor

    @classmethod
    def of(cls, probabilities: Tensor) -> "Taught":
        """Keep the likeliest characters of probabilities (..., V)."""
        kept, characters = probabilities.topk(min(CANDIDATES, probabilities.shape[-1]), dim=-1)
        return cls(characters.int(), kept.half())

    def at(self, places: Tensor) -> "Taught":
        """Return what they say of some places (...), numbers of rows."""
        return self.map(lambda part: part[places])

    def map(self, change: Callable[[Tensor], Tensor]) -> "Taught":
        """Apply a change of the places to both parts."""
        return Taught(change(self.characters), change(self.probabilities))


@dataclass(frozen=True)
class TrainingText:
    """What a network learns from.

    Args:
        tokens: (N,), the text as numbers.
        taught: (N, K), what the teachers say of each place; None without teachers.
    """

    tokens: Tensor
    taught: Taught | None = None


class Losses(NamedTuple):
    """Of one step, in nats per character."""

    minimised: Tensor
    text: Tensor
    """The cross-entropy with the text, which alone can be compared with other trainings."""


def next_character_losses(logits: Tensor, targets: Tensor, taught: Taught | None, share: float) -> Losses:
    """Return the losses of predictions.

    Args:
        logits: (B, T, V).
        targets: (B, T), the characters that came.
        taught: (B, T, K), what the teachers say of them; None without teachers.
        share: Of the teachers in what is minimised, from 0 to 1.
    """
    log_p = logits.float().log_softmax(dim=-1)
    by_text = F.nll_loss(log_p.flatten(0, 1), targets.flatten())
    if taught is None:
        return Losses(by_text, by_text)
    by_teachers = _cross_entropy(taught.probabilities.float(), log_p.gather(-1, taught.characters.long()))
    return Losses((1 - share) * by_text + share * by_teachers, by_text)


def _cross_entropy(taught: Tensor, log_p: Tensor) -> Tensor:
    """Return the mean cross-entropy of the candidates and, as one more class, of all other characters together.

    Args:
        taught: (B, T, K), the probabilities of the candidates.
        log_p: (B, T, K), the logarithms of those predicted.
    """
    others = (1 - taught.sum(dim=-1)).clamp(min=0)
    others_predicted = (1 - log_p.exp().sum(dim=-1)).clamp(min=ROUNDING)
    by_place = (taught * log_p).sum(dim=-1) + others * others_predicted.log()
    return -by_place.mean()


@torch.no_grad()
def teach(teachers: Sequence[Network], tokens: Tensor, pieces: int = PIECES) -> Taught:
    """Return what the mean of the teachers' probabilities says of the character after each place (N, K).

    They read the text in pieces side by side, which is many times faster than one stream; each piece begins with an
    empty state, as a generated text does.

    Args:
        teachers: On one device.
        tokens: (N,), the text as numbers.
        pieces: How many.

    Raises:
        ConfigError: if so many probabilities do not fit into memory.
    """
    device = device_of(teachers[0])
    length = math.ceil(len(tokens) / pieces)
    padded = F.pad(tokens, (0, pieces * length - len(tokens)))
    side_by_side = padded.view(pieces, length).to(device)
    states: list[State | None] = [None] * len(teachers)
    parts: list[Taught] = []
    for window in torch.split(side_by_side, WINDOW, dim=1):
        logits: list[Tensor] = []
        for number, teacher in enumerate(teachers):
            read, states[number] = teacher(window, states[number])
            logits.append(read)
        if not parts:
            _check_size(len(tokens), logits[0].shape[-1])
        parts.append(Taught.of(log_mean_probabilities(logits).exp()).map(Tensor.cpu))
    return _join(parts, dim=1).map(lambda part: part.flatten(0, 1)[: len(tokens)])


@torch.no_grad()
def write(
    teachers: Sequence[Network], tokens: Tensor, count: int, seed: int, streams: int = STREAMS
) -> TrainingText:
    """Return a text that the teachers write, with the probabilities that its characters were drawn from.

    Args:
        teachers: On one device.
        tokens: (N,), the training text, whose characters at random places the texts begin with.
        count: Characters to write at least; all texts have the same length.
        seed: Of the draws.
        streams: Texts side by side, which stand one after another in the result.
    """
    device = device_of(teachers[0])
    rng = make_rng(seed, 4)
    steps = [make_step(teacher) for teacher in teachers]
    buffers = [step.buffers(teacher.initial_state(streams)) for step, teacher in zip(steps, teachers, strict=True)]
    column = tokens[torch.randint(len(tokens), (streams,), generator=rng)]
    columns: list[Tensor] = []
    taught: list[Taught] = []
    for _ in range(math.ceil(count / streams)):
        columns.append(column)
        logits: list[Tensor] = []
        for step, memory in zip(steps, buffers, strict=True):
            step.read(column.to(device), memory)
            logits.append(step.logits(memory))
        probabilities = log_mean_probabilities(logits).exp().cpu()
        taught.append(Taught.of(probabilities))
        column = probabilities.multinomial(1, generator=rng)[:, 0]
    by_text = _join([each.map(lambda part: part[:, None]) for each in taught], dim=1)
    return TrainingText(torch.stack(columns, dim=1).flatten(), by_text.map(lambda part: part.flatten(0, 1)))


def taught_text(teachers: Sequence[Network], tokens: Tensor, written: int, seed: int) -> TrainingText:
    """Return the training text with what the teachers say of it, and after it a text that they write.

    Args:
        teachers: On one device.
        tokens: (N,), the training text as numbers.
        written: Characters that the teachers write; 0 for none.
        seed: Of their draws.

    Raises:
        ConfigError: if so many probabilities do not fit into memory.
    """
    text = TrainingText(tokens, teach(teachers, tokens))
    if not written:
        return text
    assert text.taught is not None
    _check_size(len(tokens) + written, text.taught.characters.shape[1])
    own = write(teachers, tokens, written, seed)
    assert own.taught is not None
    return TrainingText(torch.cat([tokens, own.tokens]), _join([text.taught, own.taught], dim=0))


def _join(parts: Sequence[Taught], dim: int) -> Taught:
    characters = torch.cat([part.characters for part in parts], dim)
    return Taught(characters, torch.cat([part.probabilities for part in parts], dim))


def _check_size(characters: int, classes: int) -> None:
    candidates = min(CANDIDATES, classes)
    size = BYTES * characters * candidates
    if size > MAX_BYTES:
        raise ConfigError(
            "What the teachers say of {count} characters, for each of {classes} that could follow, takes {size} GB "
            "of memory, and at most {most} are possible: train on fewer with --characters or --teachers-write.",
            count=characters,
            classes=candidates,
            size=f"{size / 1e9:.1f}",
            most=f"{MAX_BYTES / 1e9:.0f}",
        )
