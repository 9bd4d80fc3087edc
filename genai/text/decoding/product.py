"""Products with fixed weights, the weights in half precision where that loses nothing."""

from typing import Protocol

import torch
from torch import Tensor

from genai.compat import (
    multiply_half_weights,
    multiply_half_weights_by_threads,
    pack_half_weights,
    pack_half_weights_for_threads,
)

THREADED_ROWS = 8
"""From so many rows on, several threads save more than it costs to start them (benchmarked on two cores)."""


class Product(Protocol):
    """x (B, in) -> x W^T + b (B, out)."""

    in_features: int
    out_features: int

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        """Multiply into `out`, and return it."""


class FloatProduct:
    """The product with weights W (out, in) and b (out,) in float32."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.out_features, self.in_features = weight.shape
        self._transposed = weight.T.contiguous()
        self._bias = bias

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        """Multiply into `out`, and return it."""
        if self._bias is None:
            return torch.mm(x, self._transposed, out=out)
        return torch.addmm(self._bias, x, self._transposed, out=out)


class HalfProduct:
    """The same with weights stored in float16 and multiplied in float32.

    They are stored twice where PyTorch has several threads: for few rows, and for many, computed by all threads.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.out_features, self.in_features = weight.shape
        self._packed = pack_half_weights(weight)
        self._packed_for_threads = pack_half_weights_for_threads(weight) if torch.get_num_threads() > 1 else None
        self._bias = bias

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        """Multiply into `out`, and return it; a row has the same bits whatever the number of rows and threads."""
        if self._packed_for_threads is None or len(x) < THREADED_ROWS:
            return multiply_half_weights(x, self._packed, self._bias, out)
        product = multiply_half_weights_by_threads(x, self._packed_for_threads)
        return out.copy_(product) if self._bias is None else torch.add(product, self._bias, out=out)


def make_product(weight: Tensor, bias: Tensor | None = None) -> Product:
    """Prepare the product with weights (out, in) and (out,).

    On a CPU a product of few rows takes as long as its weights take to come from memory. Weights that float16 holds
    exactly are stored in it: half the time, and the same result to rounding.
    """
    packable = weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm")
    if packable and torch.equal(weight.half().float(), weight):
        return HalfProduct(weight, bias)
    return FloatProduct(weight, bias)
