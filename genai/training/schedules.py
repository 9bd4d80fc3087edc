"""Schedules: how the learning rate, or the weight of a penalty, falls over a run."""

import math

import torch


def cosine(progress: float, floor: float = 0.02) -> float:
    """Return a factor that falls from 1 to the floor along half a cosine, for progress from 0 to 1.

    Source: Loshchilov and Hutter 2017, "SGDR", arXiv 1608.03983, equation 5, without restarts.
    """
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))


def linear(progress: float, start: float = 0.5, floor: float = 0.0) -> float:
    """Return a factor that is 1 until start, then falls linearly to the floor at progress 1."""
    if progress <= start:
        return 1.0
    return max(floor, 1 - (1 - floor) * (progress - start) / (1 - start))


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all parameters of an optimiser."""
    for group in optimiser.param_groups:
        group["lr"] = rate
