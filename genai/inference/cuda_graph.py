"""Many small kernels sent to a GPU as one.

Source: NVIDIA and PyTorch, "Accelerating PyTorch with CUDA Graphs", 2021. Starting a kernel costs the program some
microseconds, more than a small one takes to run; a graph of them is started once.
"""

import threading
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Tensors = Sequence[Tensor]
Record = Callable[[Callable[[], Tensors], torch.device], tuple[Callable[[], None], Tensors]]
"""From some work and its device to a function that does it again, and to the tensors where its results then are."""

WARM_UP = 3
"""Runs before the recording, in which libraries choose their kernels and take their memory."""


class CudaGraph:
    """A function of tensors whose kernels are recorded once and then sent off together, for any number of threads.

    Args:
        function: Of tensors of fixed shapes, on one CUDA device, to tensors. It must not look at their values,
            which a recording does not have.
        inputs: Examples.
        record: How to record; the usual way needs a CUDA device.
    """

    def __init__(self, function: Callable[..., Tensors], inputs: Tensors, record: Record | None = None) -> None:
        self._inputs = [example.clone() for example in inputs]
        self._lock = threading.Lock()  # there is one place for the inputs of all callers
        self._replay, self._outputs = (record or capture)(lambda: function(*self._inputs), inputs[0].device)

    def __call__(self, *inputs: Tensor, take: Callable[[Tensor], Tensor] = torch.clone) -> list[Tensor]:
        """Compute results.

        Args:
            inputs: Of the examples' types, on any device, and of their shapes or smaller: what is beyond is left
                as it was, and so are the results for it.
            take: Copies a result from where the next caller's will be.
        """
        with self._lock:
            for place, given in zip(self._inputs, inputs, strict=True):
                place[tuple(map(slice, given.shape))].copy_(given)
            self._replay()
            return [take(output) for output in self._outputs]


def capture(work: Callable[[], Tensors], device: torch.device) -> tuple[Callable[[], None], Tensors]:
    """Record some work on a CUDA device as a graph."""
    with torch.cuda.device(device):
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                work()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may take memory for pictures meanwhile: only this one's doings must be fit for a recording.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            outputs = work()
    return graph.replay, outputs


def copy_to_cpu(tensor: Tensor) -> Tensor:
    """Copy a tensor to the CPU; from a GPU into pages that stay where they are, two to four times as fast."""
    place = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=tensor.is_cuda)
    place.copy_(tensor, non_blocking=True)
    if tensor.is_cuda:
        torch.cuda.current_stream(tensor.device).synchronize()
    return place
