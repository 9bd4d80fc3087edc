"""A trained generator made ready: batch norm as a scale and a shift of the layer before, faster upsampling."""

from typing import TypeVar

import torch
from torch import nn

from genai.inference.transposed_conv import FastTransposedConv, TransposedConv

N = TypeVar("N", bound=nn.Module)


@torch.no_grad()
def fuse_batch_norm(network: N) -> N:
    """Fold every batch norm that follows a transposed convolution in a sequence into it; changes the network.

    Every transposed convolution is then an `FastTransposedConv`.

    With running mean m and variance v, scale g and shift s, norm(Wx) = (Wx - m) g / sqrt(v + e) + s is the
    convolution with the weights W g / sqrt(v + e) and the bias s - m g / sqrt(v + e). The maps after each block
    stay what they were, to rounding. Pictures' weights are laid out channels last, as CPUs and GPUs read them.

    Args:
        network: In evaluation mode.
    """
    for sequence in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for place in range(len(sequence) - 1):
            layer, norm = sequence[place], sequence[place + 1]
            if isinstance(layer, TransposedConv) and isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                _absorb(layer, norm)
                sequence[place + 1] = nn.Identity()
    _hasten(network)
    return network.to(memory_format=torch.channels_last)


def _absorb(layer: TransposedConv, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()  # (out,)
    before = layer.bias if layer.bias is not None else torch.zeros_like(scale)
    layer.weight.mul_(scale.reshape(1, -1, *([1] * (layer.weight.dim() - 2))))  # (in, out, ...)
    layer.bias = nn.Parameter((before - norm.running_mean) * scale + norm.bias, requires_grad=False)


def _hasten(module: nn.Module) -> None:
    """Replace the transposed convolutions within; what only they have made, ReLU may write over."""
    for name, child in list(module.named_children()):
        if isinstance(child, TransposedConv):
            setattr(module, name, FastTransposedConv(child))
        elif isinstance(child, nn.ReLU):
            child.inplace = True
        elif not isinstance(child, FastTransposedConv):
            _hasten(child)
