"""A generator's forward pass in the fastest form that the device has, for the results that the page shows.

On a CUDA device it is one graph; on a CPU with a matrix unit for bfloat16 (AMX) it is computed in bfloat16.
"""

import copy
import threading
from collections.abc import Callable

import torch
from torch import Tensor, nn

from genai.captured import Captured, Record, fetched
from genai.latent import MAX_COUNT
from genai.upsampling import Layer, Upsampling

Forward = Callable[[Tensor, Tensor | None], Tensor]
"""From z (B, Z) and labels (B,) or None to items (B, ...), float32; all on the CPU."""


def fastest(network: nn.Module) -> Forward | None:
    """Return the fastest form of a folded generator's forward pass; None where that is the network itself."""
    place = next(network.parameters()).device
    if place.type == "cuda":
        torch.backends.cudnn.deterministic = True  # else some kernels add up in the order in which they finish
        return Graph(network)
    if place.type == "cpu" and torch.cpu.get_capabilities().get("amx_bf16", False):
        return Lowered(network)
    return None


class Graph:
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
        self._captured: Captured | None = None

    @torch.inference_mode()
    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        known = (z,) if labels is None else (z, labels)
        rows = [slice(start, start + MAX_COUNT) for start in range(0, len(z), MAX_COUNT)]
        parts = [self._made(*(tensor[some] for tensor in known)) for some in rows]
        return torch.cat(parts) if len(parts) > 1 else parts[0]

    def _made(self, z: Tensor, *labels: Tensor) -> Tensor:
        with self._lock:
            if self._captured is None:
                full = [tensor.new_zeros(MAX_COUNT, *tensor.shape[1:]) for tensor in (z, *labels)]
                examples = [tensor.to(self._device) for tensor in full]
                self._captured = Captured(lambda *given: [self._network(*given)], examples, self._record)
        return self._captured(z, *labels, take=lambda made: fetched(made[: len(z)]))[0]


class Lowered:
    """A forward pass in bfloat16 but for the last layer, whose output is heard and seen.

    Args:
        network: In evaluation mode; it is copied.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = copy.deepcopy(network)
        kinds = Upsampling, Layer, nn.Linear, nn.Embedding
        layers = [module for module in self._network.modules() if isinstance(module, kinds)]
        inner = [layer.layer for layer in layers if isinstance(layer, Upsampling)]
        *others, last = [layer for layer in layers if layer not in inner]
        for layer in others:
            layer.bfloat16()
        last.register_forward_pre_hook(lambda _, given: (given[0].float(),))

    def __call__(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make items from z (B, Z) and labels (B,)."""
        made: Tensor = self._network(z.bfloat16(), labels)
        return made
