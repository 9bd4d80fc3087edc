"""A character-level LSTM language model.

The network reads one character at a time and says how likely each character of its vocabulary is to come next.
Source of the cell: Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000. Variational dropout:
Gal & Ghahramani 2016. Weight-drop: Merity et al. 2018 (AWD-LSTM), arXiv 1708.02182.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Hidden and cell state of all layers, each (layers, B, H): the memory of the text so far.
State = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class CharLSTMConfig:
    """Shape of the network and its regularisation; the dropout rates matter in training only."""

    vocabulary_size: int
    embedding_size: int = 128
    hidden_size: int = 512
    layers: int = 2
    input_dropout: float = 0.1
    """Fraction of embedding features dropped, one mask a sequence."""
    layer_dropout: float = 0.4
    """The same between two layers."""
    output_dropout: float = 0.4
    """The same before the output layer."""
    weight_drop: float = 0.3
    """Fraction of the recurrent weights dropped, one mask a step of training."""


class Gates(NamedTuple):
    """The gates of one LSTM cell at one character, each (B, H)."""

    input: Tensor  # in (0, 1): how much of the candidate to write
    forget: Tensor  # in (0, 1): how much of the old cell state to keep
    candidate: Tensor  # in (-1, 1): what could be written
    output: Tensor  # in (0, 1): how much of the cell state to show


class LayerTrace(NamedTuple):
    """What one LSTM layer computed over a text, each (B, T, H); the gates as in `Gates`."""

    hidden: Tensor
    cell: Tensor
    input: Tensor
    forget: Tensor
    candidate: Tensor
    output: Tensor


def update_cell(preactivation: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Gates]:
    """Apply the LSTM equations to one character.

    Args:
        preactivation: (B, 4H), input plus recurrent product plus bias, gates in nn.LSTM's order i, f, g, o.
        cell: (B, H), the cell state before.

    Returns:
        Hidden state (B, H), cell state (B, H), and the gates.
    """
    i, f, g, o = preactivation.chunk(4, dim=1)
    gates = Gates(i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())
    cell = gates.forget * cell + gates.input * gates.candidate
    hidden = gates.output * cell.tanh()
    return hidden, cell, gates


def variational_dropout(x: Tensor, rate: float, noise: torch.Generator | None) -> Tensor:
    """Drop features of x (B, T, F) with one mask for all T; without a generator, x passes unchanged."""
    if noise is None or rate == 0:
        return x
    return x * _mask((x.shape[0], 1, x.shape[2]), rate, noise)


def _mask(shape: tuple[int, ...], rate: float, noise: torch.Generator) -> Tensor:
    keep = 1 - rate
    return torch.empty(shape, device=noise.device).bernoulli_(keep, generator=noise).div_(keep)


class CharLSTM(nn.Module):
    """Embedding, LSTM layers, output layer: text -> LSTM -> logits of the next character."""

    def __init__(self, config: CharLSTMConfig) -> None:
        super().__init__()
        self.config = config
        sizes = [config.embedding_size] + [config.hidden_size] * config.layers
        self.embedding = nn.Embedding(config.vocabulary_size, config.embedding_size)
        self.lstms = nn.ModuleList(nn.LSTM(size, config.hidden_size, batch_first=True) for size in sizes[:-1])
        self.head = nn.Linear(config.hidden_size, config.vocabulary_size)

    def forward(
        self, tokens: Tensor, state: State | None = None, noise: torch.Generator | None = None
    ) -> tuple[Tensor, State]:
        """Predict the character after each of the given ones.

        Args:
            tokens: (B, T), character numbers.
            state: What came before; None means nothing.
            noise: Source of the dropout masks, on the device of the network; None switches dropout off.

        Returns:
            Logits (B, T, V) and the state after the last character.
        """
        config = self.config
        hidden, cell = state if state is not None else self.initial_state(tokens.shape[0])
        x = variational_dropout(self.embedding(tokens), config.input_dropout, noise)  # (B, T, E)
        after = []
        for layer, lstm in enumerate(self.lstms):
            if layer > 0:
                x = variational_dropout(x, config.layer_dropout, noise)
            before = (hidden[layer : layer + 1].to(x.dtype), cell[layer : layer + 1].to(x.dtype))
            x, end = torch.func.functional_call(lstm, self._dropped(lstm, noise), (x, before))  # (B, T, H)
            after.append(end)
        x = variational_dropout(x, config.output_dropout, noise)
        return self.head(x), (torch.cat([h for h, _ in after]), torch.cat([c for _, c in after]))

    def inside(self, tokens: Tensor, state: State | None = None) -> list[LayerTrace]:
        """Compute the layers by their equations, character by character, and return every intermediate value.

        Args:
            tokens: (B, T), character numbers.
            state: What came before; None means nothing.
        """
        hidden, cell = state if state is not None else self.initial_state(tokens.shape[0])
        x = self.embedding(tokens)
        traces: list[LayerTrace] = []
        for lstm, h, c in zip(self.lstms, hidden, cell, strict=True):
            weights = dict(lstm.named_parameters())
            sums = F.linear(x, weights["weight_ih_l0"], weights["bias_ih_l0"] + weights["bias_hh_l0"])
            steps = []
            for preactivation in sums.unbind(dim=1):
                h, c, gates = update_cell(preactivation + h @ weights["weight_hh_l0"].T, c)
                steps.append((h, c, *gates))
            traces.append(LayerTrace(*(torch.stack(values, dim=1) for values in zip(*steps, strict=True))))
            x = traces[-1].hidden  # (B, T, H)
        return traces

    def initial_state(self, batch: int) -> State:
        """Return the empty memory: zeros, twice (layers, batch, H)."""
        zeros = self.head.weight.new_zeros(self.config.layers, batch, self.config.hidden_size)
        return zeros, zeros.clone()

    def _dropped(self, lstm: nn.Module, noise: torch.Generator | None) -> dict[str, Tensor]:
        """Return the recurrent matrix with some of its weights set to zero, the rest scaled up."""
        if noise is None or self.config.weight_drop == 0:
            return {}
        weight = lstm.get_parameter("weight_hh_l0")
        mask = _mask(tuple(weight.shape), self.config.weight_drop, noise)
        return {"weight_hh_l0": weight * mask}


def initialise(network: CharLSTM, rng: torch.Generator) -> None:
    """Set all weights: U(-1/sqrt(H), 1/sqrt(H)), N(0, 1) for the embedding, forget-gate bias 1.

    The open forget gate lets the gradient reach far back from the first step on: Jozefowicz et al. 2015.
    """
    hidden = network.config.hidden_size
    for parameter in network.parameters():
        nn.init.uniform_(parameter, -(hidden**-0.5), hidden**-0.5, generator=rng)
    nn.init.normal_(network.embedding.weight, generator=rng)
    for lstm in network.lstms:
        for name in ("bias_ih_l0", "bias_hh_l0"):
            nn.init.zeros_(lstm.get_parameter(name))
        with torch.no_grad():
            lstm.get_parameter("bias_ih_l0")[hidden : 2 * hidden] = 1
