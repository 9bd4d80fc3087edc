"""Prepare a trained generator for inference: fold its batch norms, use fast transposed convolutions."""

from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from genai.inference.transposed_conv import FastTransposedConv, TransposedConv

N = TypeVar("N", bound=nn.Module)


@torch.no_grad()
def fuse_batch_norm(network: N) -> N:
    """Fold each batch norm that follows a transposed convolution into it; changes the network in place.

    With running mean m and variance v, scale g and shift s, norm(Wx) = (Wx - m) g / sqrt(v + e) + s is the
    convolution with the weights W g / sqrt(v + e) and the bias s - m g / sqrt(v + e). The feature maps after each
    block stay the same, to rounding. Weights of two-dimensional layers are laid out channels last, as CPUs and
    GPUs read them.

    Args:
        network: In evaluation mode. Only layers that follow each other in an `nn.Sequential` are folded.

    Returns:
        The network. Each transposed convolution in it is a `FastTransposedConv`.
    """
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            _fuse_sequence(module)
    _replace_layers(network)
    return network.to(memory_format=torch.channels_last)


def _fuse_sequence(layers: nn.Sequential) -> None:
    for position in range(len(layers) - 1):
        layer = layers[position]
        norm = layers[position + 1]
        if isinstance(layer, TransposedConv) and isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            layers[position] = fuse_conv_bn_eval(layer, norm, transpose=True)
            layers[position + 1] = nn.Identity()


def _replace_layers(module: nn.Module) -> None:
    """Replace transposed convolutions by their fast form; let ReLU overwrite its input, which only it reads."""
    for name, child in list(module.named_children()):
        if isinstance(child, TransposedConv):
            setattr(module, name, FastTransposedConv(child))
        elif isinstance(child, nn.ReLU):
            child.inplace = True
        elif not isinstance(child, FastTransposedConv):
            _replace_layers(child)
