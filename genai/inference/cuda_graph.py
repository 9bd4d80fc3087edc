"""CUDA graphs: many small kernels launched as one.

Source: NVIDIA and PyTorch, "Accelerating PyTorch with CUDA Graphs", 2021. Launching a kernel costs the program some
microseconds, more than a small kernel takes to run; a graph of kernels is launched once.
"""

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Tensors = Sequence[Tensor]

WARM_UP_RUNS = 3
"""Runs before the recording, in which libraries choose their kernels and allocate their memory."""


class Recording(NamedTuple):
    """Recorded work: `replay` repeats it and overwrites `outputs` with its results."""

    replay: Callable[[], None]
    outputs: Tensors


Record = Callable[[Callable[[], Tensors], torch.device], Recording]
"""Records some work on a device."""


class CudaGraph:
    """A function of tensors, recorded once as a CUDA graph and replayed for each call, from any number of threads.

    Args:
        function: From tensors of fixed shapes, on one CUDA device, to tensors. It must not look at their values,
            which do not exist while it is recorded.
        inputs: Examples; they are copied.
        record: How to record; None records a CUDA graph, which needs a CUDA device.
    """

    def __init__(self, function: Callable[..., Tensors], inputs: Tensors, record: Record | None = None) -> None:
        self._inputs = [example.clone() for example in inputs]
        self._lock = threading.Lock()  # all callers share the memory of the inputs and outputs
        record = record or capture
        self._recording = record(lambda: function(*self._inputs), inputs[0].device)

    def __call__(self, *inputs: Tensor, copy: Callable[[Tensor], Tensor] = torch.clone) -> list[Tensor]:
        """Compute the function.

        Args:
            inputs: Of the examples' types, on any device, and of their shapes or smaller. A smaller one overwrites
                the beginning of the memory; the rest of it, and of the results, belongs to an earlier call.
            copy: Copies a result out of the memory that the next call overwrites.

        Raises:
            RuntimeError: if an input is larger than its example.
        """
        with self._lock:
            for memory, values in zip(self._inputs, inputs, strict=True):
                beginning = tuple(slice(length) for length in values.shape)
                memory[beginning].copy_(values)
            self._recording.replay()
            return [copy(output) for output in self._recording.outputs]


def capture(work: Callable[[], Tensors], device: torch.device) -> Recording:
    """Record some work on a CUDA device as a graph."""
    with torch.cuda.device(device):
        side_stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side_stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side_stream):
            for _ in range(WARM_UP_RUNS):
                work()
        torch.cuda.current_stream().wait_stream(side_stream)
        graph = torch.cuda.CUDAGraph()
        # Other threads may allocate memory meanwhile: only what this thread does must be fit for a recording.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            outputs = work()
    return Recording(graph.replay, outputs)


def copy_to_cpu(tensor: Tensor) -> Tensor:
    """Copy a tensor to the CPU; from a GPU into pinned memory, which is two to four times as fast."""
    result = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=tensor.is_cuda)
    result.copy_(tensor, non_blocking=True)
    if tensor.is_cuda:
        torch.cuda.current_stream(tensor.device).synchronize()
    return result
