"""Averages of a network over its training: steadier than the network of any one step."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Weights = tuple[Tensor, ...] | list[Tensor]


def make_ema(network: nn.Module, decay: float) -> AveragedModel:
    """Average a network's weights over the steps with exponentially falling weight.

    Early on the decay is (1 + n) / (10 + n) of n updates, so that the random start is soon forgotten.
    """

    @torch.no_grad()
    def update(averaged: Weights, current: Weights, count: Tensor | int) -> None:
        n = float(count)
        torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + n) / (10 + n)))

    return AveragedModel(network, multi_avg_fn=update)


def refresh_batch_norm(generator: nn.Module, forward: Callable[[], object], batches: int) -> None:
    """Measure the running statistics of averaged weights anew: those of the live weights do not fit them.

    Args:
        generator: The network with the averaged weights; left in evaluation mode.
        forward: Runs it on one batch of noise.
        batches: How many batches to take the mean over.
    """
    norms = [m for m in generator.modules() if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # None takes the plain mean over all batches
    generator.train()
    with torch.no_grad():
        for _ in range(batches):
            forward()
    generator.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
