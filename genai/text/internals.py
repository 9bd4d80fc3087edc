"""What a network computed over a text: surprise, probabilities, all neurons, an LSTM's gates of one neuron."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.decoding.odds import SamplingDistribution
from genai.text.gpt.model import CharGPT, normalise
from genai.text.networks import Network, TrainedNetwork, make_random_network
from genai.text.pair.network import CharPair, log_mean_probabilities
from genai.text.request import MAX_PROMPT, TextRequest
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary

SHOWN = 10  # likeliest characters
RANGE = 4.0
"""Root mean squares of a GPT's features that count as an activation of 1."""
UNCHANGED = TextRequest(temperature=1)  # draws from the network's own probabilities


@dataclass(frozen=True)
class Reading:
    """The outputs and states of a network that read a text after its lead-in, which ends with a line break.

    Args:
        text: T characters.
        logits: (T + 1, V), of the character at each place, given those before it; the last row is for the next one.
        hidden: (layers, T + 1, H), the activations of all neurons after the lead-in and after each character.
        surprise: (T,), -log p of each character, in nats.
        earlier: (layers, L - 1, H), the activations after each character of the lead-in but the last.
    """

    text: str
    logits: Tensor
    hidden: Tensor
    surprise: Tensor
    earlier: Tensor

    @property
    def bits_per_character(self) -> float:
        """Mean surprise in bits."""
        return self.surprise.mean().item() / math.log(2)

    def neuron(self, layer: int, unit: int) -> Tensor:
        """Return the activation, -1 to 1, of one neuron after each character: (T,)."""
        return self.hidden[layer, 1:, unit]


@dataclass(frozen=True)
class Choice:
    """A possible character at a place of a text.

    Args:
        character: The character.
        rank: How many characters are likelier, as the sampler sorts them.
        probability: Its probability by the network.
        chosen: Whether it is the one in the text.
    """

    character: str
    rank: int
    probability: float
    chosen: bool


@dataclass(frozen=True)
class Hit:
    """A neuron, by its layer and unit from 0, and Pearson's correlation of its activation with a property."""

    layer: int
    unit: int
    correlation: float


def check_length(text: str) -> None:
    """Check that a text has 1 to 10,000 characters.

    Raises:
        ConfigError: if it has not.
    """
    if not 1 <= len(text) <= MAX_PROMPT:
        raise ConfigError(
            "A text of {count} characters cannot be looked into: it must have 1 to {high}.",
            count=len(text),
            high=MAX_PROMPT,
        )


@torch.inference_mode()
def read(model: TextModel, text: str) -> Reading:
    """Run a network over a text of 1 to 10,000 characters.

    Raises:
        ConfigError: if the text is empty, too long, or holds a character that the model does not know.
    """
    check_length(text)
    tokens = model.vocabulary.encode(model.lead_in + text).to(model.device)
    network = model.network
    states, all_logits = states_and_logits(network, tokens)
    logits = all_logits[len(model.lead_in) - 1 :].float().cpu()
    earlier, hidden = _split_states(model, activations(network, states))
    surprise = -logits[:-1].log_softmax(dim=1).gather(1, tokens[-len(text) :, None].cpu())[:, 0]
    return Reading(text, logits, hidden.float().cpu(), surprise, earlier.float().cpu())


def seen_into(network: Network) -> TrainedNetwork:
    """Return the network whose neurons are shown: of a pair the LSTM."""
    return network.lstm if isinstance(network, CharPair) else network


def states_and_logits(network: Network, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Read T characters, and return the hidden states (layers, T, H) and the logits (T, V) after each.

    Of a pair these are the hidden states of its LSTM, and the logits of the mean.
    """
    if isinstance(network, CharPair):
        states, lstm_logits = states_and_logits(network.lstm, tokens)
        _, gpt_logits = states_and_logits(network.gpt, tokens)
        return states, log_mean_probabilities([lstm_logits, gpt_logits])
    states = hidden_states(network, tokens)
    return states, logits_of(network, states[-1])


def hidden_states(network: TrainedNetwork, tokens: Tensor) -> Tensor:
    """Return what all layers put out, (layers, T, H), after each of T characters, dropout off.

    Of an LSTM these are the hidden states, of a GPT the features after each layer.
    """
    if isinstance(network, CharGPT):
        return network.features(tokens[None])[:, 0]
    x = network.embedding(tokens[None])
    states: list[Tensor] = []
    for lstm in network.lstms:
        x, _ = lstm(x)  # (1, T, H)
        states.append(x[0])
    return torch.stack(states)


@torch.inference_mode()
def attention(model: TextModel, text: str, place: int, layer: int) -> Tensor:
    """Return what a GPT looked at when it chose a character: (heads, place + 1).

    The first column is the lead-in, the others are the characters before the place; each row adds up to 1.

    Args:
        model: Of a GPT.
        text: The text.
        place: Index of the character in the text.
        layer: From 0.

    Raises:
        ConfigError: if the model is not a GPT, or holds not all characters of the text.
    """
    network = model.network
    if isinstance(network, CharPair):
        raise ConfigError(
            "{name} is a pair, of which the neurons of its LSTM are shown: choose its GPT to see attention.",
            name=model.name,
        )
    if not isinstance(network, CharGPT):
        raise ConfigError(
            "{name} is an LSTM, which has no attention: choose a GPT, or look at one neuron.", name=model.name
        )
    tokens = model.vocabulary.encode(model.lead_in + text[:place]).to(model.device)
    weights = network.attention(tokens, layer).float().cpu()
    before = weights[:, : len(model.lead_in)].sum(dim=1, keepdim=True)
    return torch.cat([before, weights[:, len(model.lead_in) :]], dim=1)


def logits_of(network: TrainedNetwork, outputs: Tensor) -> Tensor:
    """Return the logits (T, V) that follow from what the last layer put out, (T, H)."""
    if isinstance(network, CharGPT):
        outputs = network.norm(outputs)
    logits: Tensor = network.head(outputs)
    return logits


def activations(network: Network, outputs: Tensor) -> Tensor:
    """Return the activations of neurons, -1 to 1, of what layers put out, (..., H).

    An LSTM's hidden states are their own activations. A GPT's features have no bounds; the layer above reads them
    after division by their root mean square. Of that a feature is shown up to four times the root mean square.
    """
    if not isinstance(network, CharGPT):
        return outputs
    return (normalise(outputs) / RANGE).clamp(-1, 1)


def choices(logits: Tensor, chosen: str, vocabulary: Vocabulary) -> list[Choice]:
    """Return the ten likeliest characters at a place and the chosen one, likeliest first.

    Args:
        logits: (V,), of the character at the place, on the CPU.
        chosen: The character in the text; empty after its end.
        vocabulary: Of the model.
    """
    probabilities, numbers = SamplingDistribution.of([UNCHANGED]).probabilities(logits[None])  # likeliest first
    result: list[Choice] = []
    for rank, number in enumerate(numbers[0].tolist()):
        character = vocabulary.characters[number]
        if rank < SHOWN or character == chosen:
            result.append(Choice(character, rank, probabilities[0, rank].item(), character == chosen))
    return result


@torch.inference_mode()
def gates(reading: Reading, model: TextModel, layer: int, unit: int) -> dict[str, Tensor]:
    """Return the curves of one LSTM cell over a text: input, forget, candidate, output and cell, each (T,).

    A GPT has no cells: of one, return none.

    The gates follow from the hidden states by four rows of the layer's matrices, without a second pass over the
    text; the cell state follows from the gates.
    """
    network = seen_into(model.network)
    if isinstance(network, CharGPT):
        return {}
    size = network.config.hidden_size
    rows = torch.tensor([gate * size + unit for gate in range(4)])  # nn.LSTM's order: i, f, g, o
    weights = {name: value.cpu() for name, value in network.lstms[layer].named_parameters()}
    tokens = model.vocabulary.encode(model.lead_in + reading.text)  # (L + T,)
    hidden = torch.cat([reading.earlier, reading.hidden], dim=1)
    below = network.embedding.weight.cpu()[tokens] if layer == 0 else hidden[layer - 1]  # (L + T, E or H)
    before = torch.cat([torch.zeros(1, size), hidden[layer, :-1]])
    sums = below @ weights["weight_ih_l0"][rows].T + before @ weights["weight_hh_l0"][rows].T
    sums = sums + weights["bias_ih_l0"][rows] + weights["bias_hh_l0"][rows]  # (L + T, 4)
    i = sums[:, 0].sigmoid()
    f = sums[:, 1].sigmoid()
    g = sums[:, 2].tanh()
    o = sums[:, 3].sigmoid()
    cell = 0.0
    cells: list[float] = []
    for forget, update in zip(f.tolist(), (i * g).tolist(), strict=True):
        cell = forget * cell + update
        cells.append(cell)
    curves = {"input": i, "forget": f, "candidate": g, "output": o, "cell": torch.tensor(cells)}
    return {name: values[len(model.lead_in) :] for name, values in curves.items()}


def find(hidden: Tensor, values: NDArray[np.float64], count: int = 5) -> list[Hit]:
    """Return the neurons whose activations correlate best with a property, by the absolute value.

    Args:
        hidden: (layers, T + 1, H), as in `Reading`.
        values: (T,), the property.
        count: How many are returned.
    """
    layers, _, size = hidden.shape
    units = hidden[:, 1:].double().movedim(2, 1).flatten(0, 1)  # (layers * H, T)
    units = units - units.mean(dim=1, keepdim=True)
    centred = torch.from_numpy(values - values.mean())
    scale = units.norm(dim=1) * centred.norm()
    correlations = torch.where(scale > 0, units @ centred / scale.clamp(min=1e-12), 0.0)
    best = correlations.abs().topk(min(count, layers * size)).indices.tolist()
    return [Hit(n // size, n % size, correlations[n].item()) for n in best]


@torch.inference_mode()
def by_chance(model: TextModel, text: str, seed: int = 0) -> Tensor:
    """Return the activations (layers, T + 1, H) of an untrained network of the same shape, for comparison."""
    network = make_random_network(seen_into(model.network).config, make_rng(seed))
    states = hidden_states(network.eval(), model.vocabulary.encode(model.lead_in + text))
    return _split_states(model, activations(network, states))[1]


def _split_states(model: TextModel, states: Tensor) -> tuple[Tensor, Tensor]:
    """Split states (layers, L + T, H) into those inside the lead-in of L characters and those from its end on."""
    return states[:, : len(model.lead_in) - 1], states[:, len(model.lead_in) - 1 :]
