"""The character loop: sample a character, read it, sample the next, for a batch of texts."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from genai.inference.cuda_graph import CudaGraph, Record
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.step import MAX_ROWS, Step, pad_to
from genai.text.networks import State


@dataclass(frozen=True)
class LoopState:
    """Where B texts stand between two characters.

    Args:
        logits: (B, V), of each text's next character.
        state: Of the network, each part with the texts in its second dimension.
    """

    logits: Tensor
    state: State

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.logits)

    def rows(self, index: Tensor | slice) -> "LoopState":
        """Select texts by their rows."""
        return LoopState(self.logits[index], tuple(part[:, index] for part in self.state))

    @staticmethod
    def concatenate(states: Sequence["LoopState"]) -> "LoopState":
        """Put texts one after another."""
        parts = zip(*(state.state for state in states), strict=True)
        return LoopState(
            torch.cat([state.logits for state in states]),
            tuple(torch.cat(part, dim=1) for part in parts),
        )


class Loop(Protocol):
    """Writes the next characters of a batch of texts; a text's result does not depend on the others."""

    precision: str
    """The type in which the network's state is kept: float32 or float16."""

    def write(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        """Write the next N characters of B texts.

        Args:
            distribution: The sampling settings of each.
            uniforms: (B, N), in [0, 1), float64, one a character.
            state: Where each text stands.

        Returns:
            Character numbers (B, N) and the state after them.
        """


def write_by(
    step: Step, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
) -> tuple[Tensor, LoopState]:
    """Write, as `Loop.write`, by steps of a network: sample a character, read it, sample the next."""
    buffers = step.buffers(state.state)
    logits = state.logits
    chosen: list[Tensor] = []
    for column in uniforms.T.contiguous()[:, :, None]:  # (B, 1) each
        chosen.append(distribution.sample(logits, column))
        step.read(chosen[-1], buffers)
        logits = step.logits(buffers)
    return torch.stack(chosen, dim=1), LoopState(logits, step.state(buffers))


def precision_of(step: Step) -> str:
    """Return the type in which a step keeps the network's state, as `Loop.precision`."""
    return str(step.dtype).removeprefix("torch.")


class CpuLoop:
    """The loop on a CPU, batches padded to a size at which a row's bits do not depend on the other rows.

    Args:
        step: Of the model.
    """

    def __init__(self, step: Step) -> None:
        self.precision = precision_of(step)
        self._step = step

    @torch.inference_mode()
    def write(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        """Write, as `Loop.write`; more than 64 texts in several batches."""
        if len(state) <= MAX_ROWS:
            return self._write_batch(distribution, uniforms, state)
        characters: list[Tensor] = []
        states: list[LoopState] = []
        for index in torch.split(torch.arange(len(state)), MAX_ROWS):
            written, after = self._write_batch(distribution.rows(index), uniforms[index], state.rows(index))
            characters.append(written)
            states.append(after)
        return torch.cat(characters), LoopState.concatenate(states)

    def _write_batch(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        count = len(state)
        padded = pad_to(count, self._step.row_counts)
        if padded == count:
            return write_by(self._step, distribution, uniforms, state)
        index = torch.arange(padded).clamp_(max=count - 1)  # repeats the last text
        characters, after = write_by(self._step, distribution.rows(index), uniforms[index], state.rows(index))
        return characters[:count], after.rows(slice(count))


class GpuLoop:
    """The loop on a GPU: one CUDA graph for a number of characters, always of 64 rows, without a look at a value.

    A GPU takes as long for one row as for 64, and the same kernels compute a row whatever the others are.

    Args:
        step: Of the model.
        record: How to record a graph; None takes CUDA's way on a CUDA device, and records nothing elsewhere.
    """

    def __init__(self, step: Step, record: Record | None = None) -> None:
        self.precision = precision_of(step)
        self._step = step
        self._record = record
        self._records = record is not None or step.device.type == "cuda"
        self._lock = threading.Lock()
        self._graphs: dict[tuple[int, bool, bool], CudaGraph] = {}  # by number of characters and kind of sampling

    @torch.inference_mode()
    def write(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        """Write, as `Loop.write`; more than 64 texts in several batches."""
        characters: list[Tensor] = []
        states: list[LoopState] = []
        for index in torch.split(torch.arange(len(state), device=state.logits.device), MAX_ROWS):
            run = self._replay if self._records else self.run
            written, after = run(distribution.rows(index), uniforms[index], state.rows(index))
            characters.append(written)
            states.append(after)
        return torch.cat(characters), LoopState.concatenate(states)

    def run(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        """Write without a graph, for any number of rows."""
        return write_by(self._step, distribution, uniforms, state)

    def _replay(
        self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState
    ) -> tuple[Tensor, LoopState]:
        """Write by the graph for this number of characters, recorded at its first use."""
        inputs = _flatten(distribution, uniforms, state)
        key = (uniforms.shape[1], distribution.truncates, distribution.selects_typical)
        with self._lock:
            if key not in self._graphs:
                self._graphs[key] = self._capture(distribution, uniforms, state)
        characters, logits, *parts = self._graphs[key](*inputs)
        count = len(state)
        return characters[:count], LoopState(logits, tuple(parts)).rows(slice(count))

    def _capture(self, distribution: SamplingDistribution, uniforms: Tensor, state: LoopState) -> CudaGraph:
        def work(
            divisor: Tensor, top_k: Tensor, top_p: Tensor, typical_p: Tensor, uniforms: Tensor, *parts: Tensor
        ) -> list[Tensor]:
            settings = replace(distribution, divisor=divisor, top_k=top_k, top_p=top_p, typical_p=typical_p)
            characters, after = self.run(settings, uniforms, LoopState(parts[0], parts[1:]))
            return [characters, after.logits, *after.state]

        full = torch.arange(MAX_ROWS, device=state.logits.device).clamp_(max=len(state) - 1)
        examples = _flatten(distribution.rows(full), uniforms[full], state.rows(full))
        return CudaGraph(work, examples, self._record)


def _flatten(distribution: SamplingDistribution, uniforms: Tensor, state: LoopState) -> list[Tensor]:
    """List the tensors that a graph takes, in its order."""
    settings = [distribution.divisor, distribution.top_k, distribution.top_p, distribution.typical_p]
    return [*settings, uniforms, state.logits, *state.state]
