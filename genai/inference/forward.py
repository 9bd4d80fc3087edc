"""A generator's forward pass for the results that the page shows: in a fast form, and alike in any company.

On a CUDA device it is one graph; on a CPU that is faster in bfloat16 (AMX, AVX-512) it is computed in that.
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
from genai.inference.padding import ROW_MULTIPLE
from genai.inference.transposed_conv import FastTransposedConv, TransposedConv
from genai.latent.requests import MAX_COUNT
from genai.seeds import make_rng

_LOCK = threading.Lock()
_SIZES: dict[tuple[Hashable, int], list[int]] = {}  # found by `BatchInvariant`, by shape and threads

Forward = Callable[[Tensor, Tensor | None], Tensor]
"""From z (B, Z) and labels (B,) or None to items (B, ...), float32; all on the CPU."""


def make_forward(network: nn.Module, shape: str) -> Forward | None:
    """Return the form of a folded generator's forward pass for its device; None asks the network itself.

    Args:
        network: On its device.
        shape: Names its config: networks of one shape are computed by the same kernels.
    """
    place = next(network.parameters()).device
    if place.type == "cuda":
        use_deterministic_cudnn()
        return CudaGraphForward(network)
    if place.type != "cpu":
        return None
    lowered = precision_of(place) == "bfloat16"
    return BatchInvariant(Bfloat16Forward(network) if lowered else network, (shape, lowered))


def precision_of(device: torch.device) -> str:
    """Name the numbers in which pictures and sounds are made on a device: float32, tf32 or bfloat16."""
    if device.type == "cuda":
        return "tf32" if torch.backends.cudnn.allow_tf32 else "float32"
    return "bfloat16" if device.type == "cpu" and _lowers(device) else "float32"


@cache  # tried once: all that a process makes is made alike
def _lowers(cpu: torch.device) -> bool:
    """Whether a CPU computes pictures and sounds in bfloat16: 1.6 to 3 times as fast where it pays at all.

    Only with AVX-512 or AMX: an ARM's convolutions have not been tried.
    """
    return torch.cpu.get_capabilities().get("avx512_bf16", False) and prefers_bfloat16(cpu)


class CudaGraphForward:
    """A forward pass as one CUDA graph of always 64 items.

    A GPU takes as long for one as for all of them, and an item is computed by the same kernels whatever its
    company, so that it is the same to the bit.

    Args:
        network: In evaluation mode; its weights may not be replaced any more.
        record: How to record; None takes CUDA's way.
    """

    def __init__(self, network: nn.Module, record: Record | None = None) -> None:
        self._network, self._record = network, record
        self._device = next(network.parameters()).device
        self._lock = threading.Lock()
        self._captured: CudaGraph | None = None

    @torch.inference_mode()
    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        return in_batches(self._made, z, labels)

    def _made(self, z: Tensor, labels: Tensor | None) -> Tensor:
        known = (z,) if labels is None else (z, labels)
        with self._lock:
            if self._captured is None:
                examples = [pad_rows(tensor, MAX_COUNT).to(self._device) for tensor in known]
                self._captured = CudaGraph(lambda *given: [self._network(*given)], examples, self._record)
        return self._captured(*known, take=lambda made: copy_to_cpu(made[: len(z)]))[0]


class BatchInvariant:
    """A forward pass on a CPU that makes an item the same to the bit in any company.

    Libraries share a batch out among threads, and add up in another order where it does not come out even: with
    three threads, one item among eight differed in its last bits from the same among 64. So it is tried once which
    sizes give what 64 give, and a batch is filled up to one of these.

    Args:
        forward: On the CPU.
        shape: What libraries see of it: passes of one shape are tried once.
    """

    def __init__(self, forward: Forward, shape: Hashable) -> None:
        self._forward, self._shape = forward, shape

    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        return in_batches(self._made, z, labels)

    def _made(self, z: Tensor, labels: Tensor | None) -> Tensor:
        size = min(size for size in self.sizes(z, labels) if size >= len(z))
        return self._forward(pad_rows(z, size), None if labels is None else pad_rows(labels, size))[: len(z)]

    def sizes(self, z: Tensor, labels: Tensor | None) -> list[int]:
        """Tell which sizes are used with as many threads as now, for z and labels such as these: the last is 64."""
        key = self._shape, torch.get_num_threads()
        with _LOCK:
            if key not in _SIZES:
                noise = torch.randn(MAX_COUNT, z.shape[1], generator=make_rng(0))
                known = None if labels is None else labels.new_zeros(MAX_COUNT)
                whole = self._forward(noise, known)
                some = [
                    (n, None if known is None else known[:n]) for n in range(ROW_MULTIPLE, MAX_COUNT, ROW_MULTIPLE)
                ]
                same = [n for n, few in some if torch.equal(self._forward(noise[:n], few), whole[:n])]
                _SIZES[key] = [*same, MAX_COUNT]
            return _SIZES[key]


class Bfloat16Forward:
    """A forward pass in bfloat16 but for the last layer, whose output is heard and seen.

    Args:
        network: In evaluation mode; it is copied.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = copy.deepcopy(network)
        kinds = FastTransposedConv, TransposedConv, nn.Linear, nn.Embedding
        layers = [module for module in self._network.modules() if isinstance(module, kinds)]
        inner = [layer.layer for layer in layers if isinstance(layer, FastTransposedConv)]
        *others, last = [layer for layer in layers if layer not in inner]
        for layer in others:
            layer.bfloat16()
        last.register_forward_pre_hook(lambda _, given: (given[0].float(),))

    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        made: Tensor = self._network(z.bfloat16(), labels)
        return made


def in_batches(make: Forward, z: Tensor, labels: Tensor | None) -> Tensor:
    """Make items from z (B, Z) and labels (B,), at most 64 at once."""
    rows = [slice(start, start + MAX_COUNT) for start in range(0, len(z), MAX_COUNT)]
    parts = [make(z[some], None if labels is None else labels[some]) for some in rows]
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def pad_rows(rows: Tensor, size: int) -> Tensor:
    """Fill up rows (B, ...) with zeros to a size."""
    return torch.cat([rows, rows.new_zeros(size - len(rows), *rows.shape[1:])]) if len(rows) < size else rows
