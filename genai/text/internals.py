"""What a char-LSTM computed over a text, as plain data: surprise, odds, every neuron, the gates of one."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.decoding.odds import SamplingDistribution
from genai.text.model import CharLSTM, initialise
from genai.text.request import MAX_PROMPT, TextRequest
from genai.text.sampling import TextModel, start_character
from genai.text.vocabulary import Vocabulary

SHOWN = 10  # likeliest characters


@dataclass(frozen=True)
class Reading:
    """A text as a network read it, character by character, after a line break.

    Args:
        text: T characters.
        logits: (T + 1, V): of the character at each place, given those before it; the last for what comes after.
        hidden: (layers, T + 1, H), the hidden states: the first after the line break, then after each character.
        surprise: (T,), -log p of each character, in nats.
    """

    text: str
    logits: Tensor
    hidden: Tensor
    surprise: Tensor

    @property
    def bits_per_character(self) -> float:
        """Mean surprise in bits."""
        return self.surprise.mean().item() / math.log(2)

    def neuron(self, layer: int, unit: int) -> Tensor:
        """Return the activation, -1 to 1, of one neuron after each character: (T,)."""
        return self.hidden[layer, 1:, unit]


@dataclass(frozen=True)
class Choice:
    """A character that could have come.

    Args:
        character: It.
        odds: Its probability by the network.
        dice: Its probability after temperature, top-k and nucleus: what the dice were thrown for.
        chosen: Whether it is the one that stands there.
    """

    character: str
    odds: float
    dice: float
    chosen: bool


@dataclass(frozen=True)
class Hit:
    """A neuron that goes with a property of the text: layer and unit, from 0, and Pearson's correlation."""

    layer: int
    unit: int
    correlation: float


def check_length(text: str) -> None:
    """Make sure that a text is neither empty nor too long.

    Raises:
        ConfigError: if it is.
    """
    if not 1 <= len(text) <= MAX_PROMPT:
        raise ConfigError(
            "A text of {count} characters cannot be looked into: it must have 1 to {high}.",
            count=len(text),
            high=MAX_PROMPT,
        )


@torch.inference_mode()
def read(model: TextModel, text: str) -> Reading:
    """Let a network read a text of 1 to 10,000 characters.

    Raises:
        ConfigError: if the text is empty, too long, or holds a character that the model does not know.
    """
    check_length(text)
    tokens = model.vocabulary.encode(start_character(model.vocabulary) + text).to(model.device)
    hidden = hidden_states(model.network, tokens)
    logits = model.network.head(hidden[-1]).float().cpu()
    surprise = -logits[:-1].log_softmax(dim=1).gather(1, tokens[1:, None].cpu())[:, 0]
    return Reading(text, logits, hidden.float().cpu(), surprise)


def hidden_states(network: CharLSTM, tokens: Tensor) -> Tensor:
    """Return the hidden states (layers, T, H) of all layers after each of T characters, dropout off."""
    x, states = network.embedding(tokens[None]), []
    for lstm in network.lstms:
        x, _ = lstm(x)  # (1, T, H)
        states.append(x[0])
    return torch.stack(states)


def choices(logits: Tensor, there: str, vocabulary: Vocabulary, request: TextRequest) -> list[Choice]:
    """Return the ten likeliest characters at a place and the one that stands there, likeliest first.

    Args:
        logits: (V,), of the character at the place, on the CPU.
        there: It; empty after the end of the text.
        vocabulary: Of the model.
        request: Its temperature, top-k and top-p.
    """
    odds = logits.double().softmax(dim=0)
    kept, characters = SamplingDistribution.of([request]).probabilities(logits[None])
    dice = torch.zeros_like(odds).scatter_(0, characters[0], kept[0])
    ranked = characters[0].tolist()
    shown = [n for rank, n in enumerate(ranked) if rank < SHOWN or vocabulary.characters[n] == there]
    return [
        Choice(character := vocabulary.characters[n], odds[n].item(), dice[n].item(), character == there)
        for n in shown
    ]


@torch.inference_mode()
def gates(reading: Reading, model: TextModel, layer: int, unit: int) -> dict[str, Tensor]:
    """Return what one LSTM cell decided at each character: input, forget, candidate, output and cell, each (T,).

    All but the cell follow from the hidden states by four rows of the layer's matrices; the cell sums up.
    """
    network, size = model.network, model.network.config.hidden_size
    rows = torch.tensor([gate * size + unit for gate in range(4)])  # nn.LSTM's order: i, f, g, o
    weights = {name: value.cpu() for name, value in network.lstms[layer].named_parameters()}
    tokens = model.vocabulary.encode(start_character(model.vocabulary) + reading.text)
    below = network.embedding.weight.cpu()[tokens] if layer == 0 else reading.hidden[layer - 1]  # (T + 1, E or H)
    before = torch.cat([torch.zeros(1, size), reading.hidden[layer, :-1]])
    sums = below @ weights["weight_ih_l0"][rows].T + before @ weights["weight_hh_l0"][rows].T
    sums = sums + weights["bias_ih_l0"][rows] + weights["bias_hh_l0"][rows]  # (T + 1, 4)
    i, f, g, o = sums[:, 0].sigmoid(), sums[:, 1].sigmoid(), sums[:, 2].tanh(), sums[:, 3].sigmoid()
    cell, cells = 0.0, []
    for forget, written in zip(f.tolist(), (i * g).tolist(), strict=True):
        cell = forget * cell + written
        cells.append(cell)
    found = {"input": i, "forget": f, "candidate": g, "output": o, "cell": torch.tensor(cells)}
    return {name: values[1:] for name, values in found.items()}


def find(hidden: Tensor, values: NDArray[np.float64], count: int = 5) -> list[Hit]:
    """Rank all neurons by how closely they go with a property, by the absolute value of Pearson's correlation.

    Args:
        hidden: (layers, T + 1, H), as in `Reading`.
        values: (T,), the property.
        count: How many are returned.
    """
    layers, _, size = hidden.shape
    units = hidden[:, 1:].double().movedim(2, 1).flatten(0, 1)  # (layers * H, T)
    units = units - units.mean(dim=1, keepdim=True)
    wanted = torch.from_numpy(values - values.mean())
    scale = units.norm(dim=1) * wanted.norm()
    correlations = torch.where(scale > 0, units @ wanted / scale.clamp(min=1e-12), 0.0)
    best = correlations.abs().topk(min(count, layers * size)).indices.tolist()
    return [Hit(n // size, n % size, correlations[n].item()) for n in best]


@torch.inference_mode()
def by_chance(model: TextModel, text: str, seed: int = 0) -> Tensor:
    """Return the hidden states of a network of the same shape that has learnt nothing: as many random units."""
    network = CharLSTM(model.network.config)
    initialise(network, make_rng(seed))
    return hidden_states(network.eval(), model.vocabulary.encode(start_character(model.vocabulary) + text))
