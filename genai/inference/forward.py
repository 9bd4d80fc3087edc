"""A generator's forward pass in a fast form, whose items do not depend on the rest of the batch.

A CUDA device computes it as one CUDA graph; a CPU that is faster in bfloat16 (AMX, AVX-512) computes it in that.
"""

import copy
import threading
from collections.abc import Callable, Hashable
from functools import cache

import torch
from torch import Tensor, nn

from genai.compat import use_deterministic_cudnn
from genai.device import prefers_bfloat16
from genai.inference.cuda_graph import CudaGraph, Record, copy_to_cpu
from genai.inference.invariant_rows import find_invariant_sizes
from genai.inference.padding import ROW_MULTIPLE, pad_rows, take_rows
from genai.inference.transposed_conv import FastTransposedConv, TransposedConv
from genai.latent.requests import MAX_COUNT
from genai.seeds import make_rng

Forward = Callable[[Tensor, Tensor | None], Tensor]
"""From z (B, Z) and labels (B,) or None to items (B, ...), float32; all on the CPU."""

_SIZES: dict[tuple[Hashable, int], list[int]] = {}  # of `BatchInvariant`, by shape and number of threads
_LOCK = threading.Lock()


def make_forward(network: nn.Module, shape: str) -> Forward | None:
    """Return the forward pass of a generator in the form for its device; None means the network itself.

    Args:
        network: In evaluation mode, on its device, batch norms folded.
        shape: A text that tells its config: networks of one shape are computed by the same kernels.
    """
    device = next(network.parameters()).device
    if device.type == "cuda":
        use_deterministic_cudnn()
        return CudaGraphForward(network)
    if device.type != "cpu":
        return None
    precision = precision_of(device)
    forward = Bfloat16Forward(network) if precision == "bfloat16" else network
    return BatchInvariant(forward, (shape, precision))


def precision_of(device: torch.device) -> str:
    """Name the number format in which a device computes pictures and sounds: float32, tf32 or bfloat16."""
    if device.type == "cuda":
        return "tf32" if torch.backends.cudnn.allow_tf32 else "float32"
    return "bfloat16" if device.type == "cpu" and uses_bfloat16(device) else "float32"


@cache  # timed once, so that a process does not change its precision
def uses_bfloat16(cpu: torch.device) -> bool:
    """Whether a CPU computes pictures and sounds in bfloat16, which is 1.6 to 3 times as fast where it is faster.

    Only with AVX-512 or AMX: convolutions on ARM have not been tried.
    """
    return torch.cpu.get_capabilities().get("avx512_bf16", False) and prefers_bfloat16(cpu)


class CudaGraphForward:
    """A forward pass as one CUDA graph of always 64 items.

    A GPU takes as long for one item as for 64. Since an item is computed by the same kernels whatever else is in
    the batch, it is the same to the bit.

    Args:
        network: In evaluation mode; its weights may not be replaced any more.
        record: How to record; None records a CUDA graph.
    """

    def __init__(self, network: nn.Module, record: Record | None = None) -> None:
        self._network = network
        self._record = record
        self._device = next(network.parameters()).device
        self._lock = threading.Lock()
        self._graph: CudaGraph | None = None

    @torch.inference_mode()
    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        return in_batches(self._replay, z, labels)

    def _replay(self, z: Tensor, labels: Tensor | None) -> Tensor:
        inputs = [z] if labels is None else [z, labels]
        with self._lock:
            if self._graph is None:
                self._graph = self._capture(inputs)
        (items,) = self._graph(*inputs, copy=lambda output: copy_to_cpu(output[: len(z)]))
        return items

    def _capture(self, inputs: list[Tensor]) -> CudaGraph:
        examples = [pad_rows(tensor, MAX_COUNT).to(self._device) for tensor in inputs]
        return CudaGraph(lambda *tensors: [self._network(*tensors)], examples, self._record)


class BatchInvariant:
    """A forward pass on a CPU whose items are the same to the bit whatever else is in the batch.

    Libraries split a batch among threads, and add up in another order where it does not divide evenly: with three
    threads, one item among eight differed in its last bits from the same item among 64. Which batch sizes give the
    bits that 64 give depends on the kernels and on the number of threads. So all sizes are tried once for each
    shape of network and each number of threads, and a batch is padded to the next size that passed.

    Args:
        forward: On the CPU.
        shape: Identifies the kernels: for passes of one shape, the sizes are tried once in the process.
    """

    def __init__(self, forward: Forward, shape: Hashable) -> None:
        self._forward = forward
        self._shape = shape

    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        return in_batches(self._pad_and_run, z, labels)

    def _pad_and_run(self, z: Tensor, labels: Tensor | None) -> Tensor:
        size = min(size for size in self.sizes(z, labels) if size >= len(z))
        padded_labels = None if labels is None else pad_rows(labels, size)
        return self._forward(pad_rows(z, size), padded_labels)[: len(z)]

    def sizes(self, z: Tensor, labels: Tensor | None) -> list[int]:
        """Return the batch sizes for the current number of threads, in ascending order; the last is 64.

        Args:
            z: (B, Z); only Z counts.
            labels: (B,), or None for a network without labels.
        """
        key = (self._shape, torch.get_num_threads())
        with _LOCK:
            if key not in _SIZES:
                _SIZES[key] = find_sizes(self._forward, latent_size=z.shape[1], labelled=labels is not None)
            return _SIZES[key]


def find_sizes(forward: Forward, latent_size: int, labelled: bool) -> list[int]:
    """Return the batch sizes at which each item is the same to the bit as in a batch of 64, and 64."""
    z = torch.randn(MAX_COUNT, latent_size, generator=make_rng(0))
    labels = torch.zeros(MAX_COUNT, dtype=torch.int64) if labelled else None

    def compute(size: int) -> Tensor:
        return forward(z[:size], take_rows(labels, slice(size)))

    return find_invariant_sizes(compute, range(ROW_MULTIPLE, MAX_COUNT, ROW_MULTIPLE), MAX_COUNT)


class Bfloat16Forward:
    """A forward pass in bfloat16, except for the last layer, whose rounding would be seen and heard.

    z is rounded after it has chosen an attribute: near the bound of two values, rounding would choose the other.

    Args:
        network: In evaluation mode; it is copied.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = copy.deepcopy(network)
        kinds = (FastTransposedConv, TransposedConv, nn.Linear, nn.Embedding)
        layers = [module for module in self._network.modules() if isinstance(module, kinds)]
        inner = [module.layer for module in layers if isinstance(module, FastTransposedConv)]
        *others, last = [layer for layer in layers if layer not in inner]
        for layer in others:
            layer.bfloat16()
        first = next(layer for layer in others if not isinstance(layer, nn.Embedding))
        first.register_forward_pre_hook(lambda _, inputs: (inputs[0].bfloat16(),))
        last.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))

    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        items: Tensor = self._network(z, labels)
        return items


def in_batches(forward: Forward, z: Tensor, labels: Tensor | None) -> Tensor:
    """Make items from z (B, Z) and labels (B,), at most 64 at once."""
    parts = []
    for start in range(0, len(z), MAX_COUNT):
        rows = slice(start, start + MAX_COUNT)
        parts.append(forward(z[rows], take_rows(labels, rows)))
    return torch.cat(parts) if len(parts) > 1 else parts[0]
