"""Batch norm that costs nothing: once a network is trained, it is a scale and a shift of the layer before."""

from typing import TypeVar

import torch
from torch import nn

Layer = nn.ConvTranspose1d | nn.ConvTranspose2d
N = TypeVar("N", bound=nn.Module)


@torch.no_grad()
def fold(network: N) -> N:
    """Fold every batch norm that follows a transposed convolution in a sequence into it; changes the network.

    With running mean m and variance v, scale g and shift s, norm(Wx) = (Wx - m) g / sqrt(v + e) + s is the
    convolution with the weights W g / sqrt(v + e) and the bias s - m g / sqrt(v + e). The maps after each block
    stay what they were, to rounding. Pictures' weights are laid out channels last, as CPUs and GPUs read them.

    Args:
        network: In evaluation mode.
    """
    for sequence in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for place in range(len(sequence) - 1):
            layer, norm = sequence[place], sequence[place + 1]
            if isinstance(layer, Layer) and isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                _absorb(layer, norm)
                sequence[place + 1] = nn.Identity()
    return network.to(memory_format=torch.channels_last)


def _absorb(layer: Layer, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()  # (out,)
    before = layer.bias if layer.bias is not None else torch.zeros_like(scale)
    layer.weight.mul_(scale.reshape(1, -1, *([1] * (layer.weight.dim() - 2))))  # (in, out, ...)
    layer.bias = nn.Parameter((before - norm.running_mean) * scale + norm.bias, requires_grad=False)
