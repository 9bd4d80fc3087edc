"""The character loop of a model: throw the dice, read what they chose, throw again."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import NamedTuple

import torch
from torch import Tensor, nn

from genai.inference.cuda_graph import CudaGraph, Record
from genai.inference.scripted import scripted
from genai.process import spare
from genai.text.decoding.cpu_step import MAX_ROWS, CpuStep, row_multiple
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.odds import SamplingDistribution, sample

LEAST = 4  # texts that are worth sharing out: a step for two takes two thirds of one for four
_HELPER = ThreadPoolExecutor(1, "text-helper")
Given = tuple[SamplingDistribution, Tensor, Tensor, Tensor, Tensor]  # as of `Loop.write`


class LoopOutput(NamedTuple):
    """What a loop leaves: the characters (B, N), and logits (B, V), hidden and cell state (layers, B, H) after."""

    characters: Tensor
    logits: Tensor
    hidden: Tensor
    cell: Tensor


class WritingLoop(nn.Module):
    """The loop itself, TorchScript as well as Python; arguments and result as of `Loop.write`."""

    def __init__(self, stepper: CpuStep | GpuStep) -> None:
        super().__init__()
        self.step = stepper

    def forward(
        self, dice: SamplingDistribution, thrown: Tensor, logits: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Write; a named tuple would be handed over to Python as a class made anew each time, in 0.2 ms."""
        hiddens, cells = hidden.unbind(0), cell.unbind(0)
        chosen: list[Tensor] = []
        for numbers in thrown[:, :, None].unbind(1):  # (B, 1) each
            chosen.append(sample(dice, logits, numbers))
            logits, hiddens, cells = self.step(chosen[-1], hiddens, cells)
        return torch.stack(chosen, dim=1), logits, torch.stack(hiddens).to(hidden.dtype), torch.stack(cells)


class Loop:
    """Writes on texts side by side; on a GPU without a look at the values, as one CUDA graph.

    Args:
        stepper: Of the model.
        record: How to record a graph; None takes CUDA's on a CUDA device, and records nothing elsewhere.

    `precision` names the numbers in which the network's state is kept: float32 or float16.
    """

    def __init__(self, stepper: CpuStep | GpuStep, record: Record | None = None) -> None:
        self._record = record
        self.precision = str(stepper.dtype).removeprefix("torch.") if isinstance(stepper, GpuStep) else "float32"
        writing, self._as_graph = WritingLoop(stepper), record is not None or stepper.table.is_cuda
        # A graph fills up its rows by itself.
        self._block = 1 if self._as_graph or isinstance(stepper, GpuStep) else row_multiple(stepper)
        self._plain: Callable[..., Sequence[Tensor]] = writing if self._as_graph else scripted(writing)
        self._write: Callable[..., Sequence[Tensor]] = self._replayed if self._as_graph else self._plain
        self._lock = threading.Lock()
        self._graphs: dict[tuple[int, bool], CudaGraph] = {}

    @torch.inference_mode()
    def write(
        self, dice: SamplingDistribution, thrown: Tensor, logits: Tensor, hidden: Tensor, cell: Tensor
    ) -> LoopOutput:
        """Write the next N characters of B texts.

        Places that are left free in the last block are written too, so that a text is computed by the same kernels
        whoever its company is. A GPU takes as long for one as for all of a graph. While the other half of a CPU's
        cores is free, half of the texts are written there.

        Args:
            dice: How each chooses.
            thrown: (B, N), numbers in [0, 1), float64, one a character.
            logits: (B, V), of each text's next character.
            hidden: (layers, B, H).
            cell: (layers, B, H).
        """
        given, count = (dice, thrown, logits, hidden, cell), len(logits)
        halves = 2 if not self._as_graph and count >= LEAST and spare() else 1
        size = min(MAX_ROWS, self._places(ceil(count / halves)))
        if count == size:  # nothing to fill up, part or join: a lone text
            return LoopOutput(*self._write(*given))
        ends = [(first, min(first + size, count)) for first in range(0, count, size)]
        middle = ceil(len(ends) / halves)
        others = _HELPER.submit(self._parts, given, ends[middle:]) if ends[middle:] else None
        parts = self._parts(given, ends[:middle]) + (others.result() if others else [])
        joined = (torch.cat([part[n] for part in parts], dim) for n, dim in enumerate((0, 0, 1, 1)))
        return LoopOutput(*joined)

    @torch.inference_mode()
    def _parts(self, given: Given, ends: Sequence[tuple[int, int]]) -> list[list[Tensor]]:
        """Write on the texts from one row to before another, the places left free in the last block too."""
        dice, thrown, logits, hidden, cell = given
        parts = []
        for first, end in ends:
            taken = end - first
            rows = torch.arange(first, first + self._places(taken), device=logits.device).clamp_(max=end - 1)
            inputs = dice.rows(rows), thrown[rows], logits[rows], hidden[:, rows], cell[:, rows]
            characters, after, *state = self._write(*inputs)
            parts.append([characters[:taken], after[:taken], *(part[:, :taken] for part in state)])
        return parts

    def _places(self, count: int) -> int:
        """The rows of the blocks that so many texts fill."""
        return ceil(count / self._block) * self._block

    def _replayed(self, dice: SamplingDistribution, *inputs: Tensor) -> Sequence[Tensor]:
        def work(divisor: Tensor, limit: Tensor, top_p: Tensor, *inputs: Tensor) -> Sequence[Tensor]:
            return self._plain(SamplingDistribution(divisor, limit, top_p, limited), *inputs)

        (thrown, logits, *state), (*columns, limited) = inputs, dice
        with self._lock:
            key = thrown.shape[1], limited
            if key not in self._graphs:
                rows = torch.arange(MAX_ROWS, device=logits.device).clamp_(max=len(logits) - 1)
                full = [column[rows] for column in (*columns, thrown, logits)] + [part[:, rows] for part in state]
                self._graphs[key] = CudaGraph(work, full, self._record)
        characters, after, *states = self._graphs[key](*columns, *inputs)
        count = len(logits)
        return characters[:count], after[:count], *(part[:, :count] for part in states)
