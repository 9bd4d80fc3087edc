"""The networks of many games at once: all products of one layer are one batched product.

Generator and discriminator are perceptrons with two hidden layers and leaky ReLU. G games of one shape keep their
weights in one tensor (G, P). Forward pass, gradient, and the gradient of a penalty on the gradient are written out:
autograd takes three times as long, most of it for bookkeeping. Tests compare all three with autograd.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

SLOPE = 0.2
"""Of leaky ReLU for negative numbers, as in the discriminators of the lab."""


class Layers(NamedTuple):
    """Weights (G, inputs, outputs) and biases (G, 1, outputs) of three layers, or their gradients."""

    weight1: Tensor
    bias1: Tensor
    weight2: Tensor
    bias2: Tensor
    weight3: Tensor
    bias3: Tensor


@dataclass(frozen=True)
class Shape:
    """Sizes of a network.

    Args:
        inputs: Numbers in an input.
        width: Units in each hidden layer.
        outputs: Numbers in an output.
    """

    inputs: int
    width: int
    outputs: int

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of the weights and biases, in the order of `Layers`."""
        wide = self.width
        return (
            (self.inputs, wide), (1, wide),
            (wide, wide), (1, wide),
            (wide, self.outputs), (1, self.outputs),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """Number of weights and biases."""
        return sum(rows * columns for rows, columns in self.sizes)

    def layers(self, flat: Tensor) -> Layers:
        """Return views of weights that lie in one tensor (G, P)."""
        counts = [rows * columns for rows, columns in self.sizes]
        parts = torch.split(flat, counts, dim=1)
        return Layers(*(part.view(-1, *size) for part, size in zip(parts, self.sizes, strict=True)))

    def initial(self, rng: torch.Generator) -> Tensor:
        """Return random weights (P,): normal, with He's standard deviation for leaky ReLU; biases zero.

        He et al. 2015 (arXiv 1502.01852).
        """
        flat = torch.zeros(1, self.count)
        for tensor in self.layers(flat)[::2]:
            deviation = math.sqrt(2 / (1 + SLOPE**2) / tensor.shape[1])
            tensor.copy_(deviation * torch.randn(tensor.shape, generator=rng))
        return flat[0]


class Pass(NamedTuple):
    """What a forward pass computed and the backward pass needs, for N inputs of each game.

    Args:
        inputs: (G, N, inputs).
        hidden1: (G, N, width), after leaky ReLU.
        hidden2: (G, N, width).
        outputs: (G, N, outputs).
    """

    inputs: Tensor
    hidden1: Tensor
    hidden2: Tensor
    outputs: Tensor


def forward(layers: Layers, inputs: Tensor) -> Pass:
    """Compute the outputs for inputs (G, N, inputs)."""
    hidden1 = F.leaky_relu_(torch.baddbmm(layers.bias1, inputs, layers.weight1), SLOPE)
    hidden2 = F.leaky_relu_(torch.baddbmm(layers.bias2, hidden1, layers.weight2), SLOPE)
    if layers.weight3.shape[2] > 1:
        return Pass(inputs, hidden1, hidden2, torch.baddbmm(layers.bias3, hidden2, layers.weight3))
    # A product with one column rounds in another way where there is one game only. This sum does not.
    outputs = (hidden2 * layers.weight3.transpose(1, 2)).sum(dim=2, keepdim=True) + layers.bias3
    return Pass(inputs, hidden1, hidden2, outputs)


class Back(NamedTuple):
    """The derivative of a loss with respect to what enters each leaky ReLU.

    Args:
        outputs: (G, N, outputs), or (1, 1, 1): with respect to each output.
        back2: (G, N, width), before the second leaky ReLU.
        back1: (G, N, width), before the first.
    """

    outputs: Tensor
    back2: Tensor
    back1: Tensor

    def scaled(self, factors: Tensor) -> "Back":
        """Return the same of another loss, whose derivatives at each input are a multiple (G, N, 1)."""
        return Back(self.outputs * factors, self.back2 * factors, self.back1 * factors)


def backward(layers: Layers, done: Pass, slopes: Tensor | None = None) -> Back:
    """Go back from the outputs to the first layer.

    Args:
        layers: Of the network.
        done: The forward pass.
        slopes: (G, N, outputs), the derivative of the loss with respect to each output; None for a network with one
            output whose derivatives themselves are wanted.
    """
    if slopes is None:
        slopes = torch.ones(1, 1, 1)
        back2 = _before_relu(layers.weight3.transpose(1, 2), done.hidden2)
    else:
        back2 = _before_relu(torch.bmm(slopes, layers.weight3.transpose(1, 2)), done.hidden2)
    back1 = _before_relu(torch.bmm(back2, layers.weight2.transpose(1, 2)), done.hidden1)
    return Back(slopes, back2, back1)


def write_weight_gradient(done: Pass, back: Back, gradient: Layers) -> None:
    """Write the derivative with respect to the weights into views that are overwritten."""
    gradient.weight3.copy_(torch.bmm(done.hidden2.transpose(1, 2), back.outputs))
    gradient.weight2.copy_(torch.bmm(done.hidden1.transpose(1, 2), back.back2))
    gradient.weight1.copy_(torch.bmm(done.inputs.transpose(1, 2), back.back1))
    gradient.bias3.copy_(back.outputs.sum(dim=1, keepdim=True))
    gradient.bias2.copy_(back.back2.sum(dim=1, keepdim=True))
    gradient.bias1.copy_(back.back1.sum(dim=1, keepdim=True))


def input_gradient(layers: Layers, back: Back) -> Tensor:
    """Return the derivative with respect to the inputs: (G, N, inputs)."""
    return torch.bmm(back.back1, layers.weight1.transpose(1, 2))


def add_penalty_gradient(layers: Layers, done: Pass, back: Back, outer: Tensor, gradient: Layers) -> None:
    """Add the derivative, with respect to the weights, of a function of d output / d input.

    The slopes of a leaky ReLU are constant almost everywhere. So d output / d input is itself a network without
    non-linearity, whose layers are those of this one in reverse order; this goes back through it.

    Args:
        layers: Of the network, which has one output.
        done: Its forward pass.
        back: `backward` without slopes.
        outer: (G, N, inputs), the derivative of the function with respect to d output / d input.
        gradient: Views that are added to; the biases have no part in it.
    """
    gradient.weight1.add_(torch.bmm(outer.transpose(1, 2), back.back1))
    outer1 = _before_relu(torch.bmm(outer, layers.weight1), done.hidden1)
    gradient.weight2.add_(torch.bmm(outer1.transpose(1, 2), back.back2))
    outer2 = _before_relu(torch.bmm(outer1, layers.weight2), done.hidden2)
    gradient.weight3.add_(outer2.sum(dim=1)[:, :, None])


def _before_relu(slopes: Tensor, hidden: Tensor) -> Tensor:
    """Multiply by the slopes of leaky ReLU, which keeps the sign: its result says which slope it had."""
    return torch.ops.aten.leaky_relu_backward.default(slopes, hidden, SLOPE, True)  # type: ignore[no-any-return]
