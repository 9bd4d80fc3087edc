"""Products with fixed weights, the weights in half precision where that loses nothing."""

from typing import Protocol

import torch
from torch import Tensor

from genai.compat import multiply_half_weights, pack_half_weights


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
    """The same with weights stored in float16 and multiplied in float32."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.out_features, self.in_features = weight.shape
        self._packed = pack_half_weights(weight)
        self._bias = bias

    def __call__(self, x: Tensor, out: Tensor) -> Tensor:
        """Multiply into `out`, and return it."""
        return multiply_half_weights(x, self._packed, self._bias, out)


def make_product(weight: Tensor, bias: Tensor | None = None) -> Product:
    """Prepare the product with weights (out, in) and (out,).

    On a CPU a product of few rows takes as long as its weights take to come from memory. Weights that float16 holds
    exactly are stored in it: half the time, and the same result to rounding.
    """
    packable = weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm")
    if packable and torch.equal(weight.half().float(), weight):
        return HalfProduct(weight, bias)
    return FloatProduct(weight, bias)
