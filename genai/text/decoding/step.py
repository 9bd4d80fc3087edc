"""What a loop needs of a network: to read one character in each of B texts, fast."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from genai.inference.invariant_rows import find_invariant_sizes
from genai.text.networks import State

MAX_ROWS = 64
"""Rows of the largest batch; more are computed in several batches."""
ROW_CANDIDATES = (*range(1, 9), *range(12, 33, 4), *range(40, MAX_ROWS, 8))


class Step(Protocol):
    """A network rearranged to read one character at a time; its weights are copies.

    The buffers are the step's own kind; nobody else looks into them.
    """

    @property
    def device(self) -> torch.device:
        """Where it computes."""

    @property
    def dtype(self) -> torch.dtype:
        """The type in which the network's state is kept."""

    @property
    def row_counts(self) -> list[int]:
        """Batch sizes, rising to `MAX_ROWS`, at which a row has the same bits whatever else is in the batch."""

    def buffers(self, state: State) -> Any:  # noqa: ANN401
        """Copy the state of B texts into buffers."""

    def read(self, tokens: Tensor, buffers: Any) -> None:  # noqa: ANN401
        """Read one character, numbers (B,), in each text: advances the buffers in place."""

    def logits(self, buffers: Any) -> Tensor:  # noqa: ANN401
        """Return the logits (B, V) of the next character of each text."""

    def state(self, buffers: Any) -> State:  # noqa: ANN401
        """Return the state of the texts. A further step may change it: copy what is to be kept."""


class RowCounts:
    """The batch sizes at which a row has the same bits whatever else is in the batch, found at the first use.

    They depend on the number of threads, among which libraries split the rows.

    Args:
        step: Of the network.
        random_rows: Makes characters (MAX_ROWS,) and a state of as many texts, on which sizes are tried.
    """

    def __init__(self, step: Step, random_rows: Callable[[], tuple[Tensor, State]]) -> None:
        self._step = step
        self._random_rows = random_rows
        self._found: dict[int, list[int]] = {}  # by number of threads

    def get(self) -> list[int]:
        """Return the sizes for the present number of threads."""
        threads = torch.get_num_threads()
        if threads not in self._found:
            self._found[threads] = self._find()
        return self._found[threads]

    def _find(self) -> list[int]:
        tokens, state = self._random_rows()

        def compute(rows: int) -> Tensor:
            buffers = self._step.buffers(tuple(part[:, :rows] for part in state))
            self._step.read(tokens[:rows], buffers)
            outputs = self._step.state(buffers)[0]  # (layers, B, features)
            return torch.cat([self._step.logits(buffers), *outputs], dim=1)

        with torch.inference_mode():
            return find_invariant_sizes(compute, ROW_CANDIDATES, MAX_ROWS)


def pad_to(rows: int, row_counts: Sequence[int]) -> int:
    """Return the smallest of the rising row counts that has room for so many rows."""
    return next(count for count in row_counts if count >= rows)
