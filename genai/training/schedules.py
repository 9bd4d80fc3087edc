"""How the learning rate, or a penalty's weight, falls over a run."""

import math

import torch


def cosine(progress: float, floor: float = 0.02) -> float:
    """Fall from 1 to the floor along half a cosine as progress goes from 0 to 1."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))


def linear(progress: float, start: float = 0.5, floor: float = 0.0) -> float:
    """Stay at 1 until start, then fall in a line to the floor at 1."""
    return 1.0 if progress <= start else max(floor, 1 - (1 - floor) * (progress - start) / (1 - start))


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give all weights of an optimiser the same learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate
