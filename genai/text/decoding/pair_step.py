"""One character at a time of a pair: a step of its LSTM, a step of its GPT, the mean of their probabilities."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from genai.seeds import make_rng
from genai.text.decoding.step import MAX_ROWS, RowCounts, Step
from genai.text.networks import State
from genai.text.pair.network import CharPair, log_mean_probabilities, split_state

TRIED = 8
"""Characters read before batch sizes are tried, so that no state is empty."""


@dataclass(frozen=True)
class PairBuffers:
    """The buffers of both steps, each of its own kind."""

    lstm: Any
    gpt: Any


class PairStep:
    """A pair rearranged to read one character at a time.

    Args:
        network: The pair.
        lstm: The step of its LSTM.
        gpt: The step of its GPT, on the same device.
    """

    def __init__(self, network: CharPair, lstm: Step, gpt: Step) -> None:
        self._network = network
        self._lstm = lstm
        self._gpt = gpt
        self._row_counts = RowCounts(self, self._random_rows)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._lstm.device

    @property
    def dtype(self) -> torch.dtype:
        """The coarser of the types in which the two states are kept."""
        return min(self._lstm.dtype, self._gpt.dtype, key=lambda dtype: dtype.itemsize)

    @property
    def row_counts(self) -> list[int]:
        """Batch sizes at which a row has the same bits whatever else is in the batch; found at the first use."""
        return self._row_counts.get() if self.device.type == "cpu" else [MAX_ROWS]

    def buffers(self, state: State) -> PairBuffers:
        """Copy the states of both networks for B texts."""
        parts = split_state(state)
        return PairBuffers(self._lstm.buffers(parts.lstm), self._gpt.buffers(parts.gpt))

    def read(self, tokens: Tensor, buffers: PairBuffers) -> None:
        """Have both networks read the same character, numbers (B,), in each of B texts."""
        self._lstm.read(tokens, buffers.lstm)
        self._gpt.read(tokens, buffers.gpt)

    def logits(self, buffers: PairBuffers) -> Tensor:
        """Return the logarithm (B, V) of the mean of both networks' probabilities."""
        return log_mean_probabilities([self._lstm.logits(buffers.lstm), self._gpt.logits(buffers.gpt)])

    def state(self, buffers: PairBuffers) -> State:
        """Return the states of both networks, as `Step.state`."""
        return (*self._lstm.state(buffers.lstm), *self._gpt.state(buffers.gpt))

    def _random_rows(self) -> tuple[Tensor, State]:
        size = self.logits(self.buffers(self._network.initial_state(1))).shape[1]
        tokens = torch.randint(size, (MAX_ROWS, TRIED + 1), generator=make_rng(0)).to(self.device)
        state = self._network(tokens[:, :-1])[1]
        return tokens[:, -1], state
