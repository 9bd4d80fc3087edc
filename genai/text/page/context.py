"""What context costs a network, in seconds a character and numbers kept, and what it gives, in nats a character."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.errors import ConfigError
from genai.text.decoding.loop import LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.gpt.model import CharGPT
from genai.text.internals import UNCHANGED
from genai.text.networks import Network
from genai.text.sampling import TextModel

LENGTHS = (64, 128, 256, 512, 1024)
"""Characters read before a character's cost is measured."""
WRITTEN = 16  # characters of one measurement
ROUNDS = 3
SHORTEST = 8
LONGEST = 512
"""Characters of a window for losses by place; a text has at least twice as many."""
MOST_TOKENS = 4096  # of all windows together, which a network reads in a second on two cores


@dataclass(frozen=True)
class PlaceLosses:
    """Loss by the number of characters known since a fresh start.

    Args:
        ends: Largest number of each group: 1, 2, 4 and so on; a group begins after the end of the one before.
        windows: Windows over which is averaged.
        nats: Of each network, the mean loss in each group.
    """

    ends: list[int]
    windows: int
    nats: list[list[float]]


@torch.inference_mode()
def costs(models: Sequence[TextModel]) -> list[list[float]]:
    """Measure the seconds that a character takes after each of `LENGTHS` characters, of each model.

    The models take turns, and of several rounds the fastest counts: other work of the machine only slows one down.
    """
    states = [_states(model) for model in models]
    for model, own in zip(models, states, strict=True):
        _write(model, own[0])  # what a model does only once is done now
    rounds = [
        [[_write(model, state) for state in own] for model, own in zip(models, states, strict=True)]
        for _ in range(ROUNDS)
    ]
    fastest: list[list[float]] = torch.tensor(rounds).amin(dim=0).tolist()
    return fastest


def _states(model: TextModel) -> list[LoopState]:
    """Return where a model stands after each of `LENGTHS` characters; which they are does not matter."""
    tokens = torch.arange(LENGTHS[-1], device=model.device) % len(model.vocabulary)
    state = model.network.initial_state(1)
    states: list[LoopState] = []
    start = 0
    for length in LENGTHS:
        logits, state = model.network(tokens[None, start:length], state)
        states.append(LoopState(logits[:, -1], state))
        start = length
    return states


def _write(model: TextModel, state: LoopState) -> float:
    """Return the seconds that each of a few characters takes, written as the characters of a text are."""
    uniforms = torch.full((1, WRITTEN), 0.5, dtype=torch.float64, device=model.device)
    start = time.perf_counter()
    model.loop.write(SamplingDistribution.of([UNCHANGED]), uniforms, state)
    return (time.perf_counter() - start) / WRITTEN


def numbers_kept(network: Network, length: int) -> int:
    """Return how many numbers a network keeps of what it has read.

    An LSTM keeps hidden and cell state; a GPT keys and values of the characters in its window.

    Args:
        network: The network.
        length: Characters read.
    """
    if isinstance(network, CharGPT):
        config = network.config
        size = config.width // config.heads
        return 2 * config.layers * config.key_heads * size * min(length, config.context)
    return sum(part.numel() for part in network.initial_state(1))


def losses_by_place(networks: Sequence[Network], tokens: Tensor) -> PlaceLosses:
    """Measure how the loss falls as more characters are known, on windows of a text.

    Args:
        networks: Each reads every window from an empty state.
        tokens: (N,), the text as numbers.

    Raises:
        ConfigError: if the text has fewer than 16 characters.
    """
    if len(tokens) < 2 * SHORTEST:
        raise ConfigError(
            "A text of {count} characters has no windows: it must have at least {low}.",
            count=len(tokens),
            low=2 * SHORTEST,
        )
    length = SHORTEST
    while length < LONGEST and 4 * length <= len(tokens):
        length *= 2
    windows = min(len(tokens) - length, MOST_TOKENS // length)
    starts = torch.linspace(0, len(tokens) - length - 1, windows).round().long()
    ends = [1]
    while ends[-1] < length:
        ends.append(2 * ends[-1])
    return PlaceLosses(
        ends, windows, [_grouped(window_losses(network, tokens, starts, length), ends) for network in networks]
    )


@torch.inference_mode()
def window_losses(network: Network, tokens: Tensor, starts: Tensor, length: int) -> Tensor:
    """Return the mean loss, in nats, of each character of windows after the first one: (length,).

    Args:
        network: It reads each window from an empty state.
        tokens: (N,), the text as numbers.
        starts: (W,), where the windows begin.
        length: Characters predicted in each.
    """
    windows = tokens[starts[:, None] + torch.arange(length + 1)]  # (W, length + 1)
    logits, _ = network(windows[:, :-1])
    losses = F.cross_entropy(logits.float().movedim(2, 1), windows[:, 1:], reduction="none")
    return losses.mean(dim=0)


def _grouped(losses: Tensor, ends: Sequence[int]) -> list[float]:
    means: list[float] = []
    start = 0
    for end in ends:
        means.append(losses[start:end].mean().item())
        start = end
    return means
