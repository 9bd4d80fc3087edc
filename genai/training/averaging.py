"""Averages of a network over its training: smoother than the network after any one step."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

Parameters = tuple[Tensor, ...] | list[Tensor]


def make_ema(network: nn.Module, decay: float) -> AveragedModel:
    """Make an exponential moving average of a network's parameters over the steps of its training.

    Early on the decay is (1 + n) / (10 + n) after n updates, so that the random start is soon forgotten.

    Args:
        network: It is copied.
        decay: 0 to 1, from about 9 / (1 - decay) updates on.
    """

    def update(averaged: Parameters, current: Parameters, count: Tensor | int) -> None:
        n = float(count)
        warm_up = (1 + n) / (10 + n)
        step = get_ema_multi_avg_fn(min(decay, warm_up))  # type: ignore[no-untyped-call]
        step(averaged, current, count)

    return AveragedModel(network, multi_avg_fn=update)


def refresh_batch_norm(generator: nn.Module, forward: Callable[[], object], batches: int) -> None:
    """Measure the batch norm statistics of averaged parameters anew: those of the latest parameters do not fit.

    Args:
        generator: The network with the averaged parameters; it is left in evaluation mode.
        forward: Runs it on one batch of noise.
        batches: Number of batches that the statistics are averaged over.
    """
    norms = [m for m in generator.modules() if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # takes the plain mean over all batches
    generator.train()
    with torch.no_grad():
        for _ in range(batches):
            forward()
    generator.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
