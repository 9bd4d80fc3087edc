"""Timing: the fastest of several rounds, after one warm-up round."""

import time
from collections.abc import Callable

import torch


def seconds(work: Callable[[], object], rounds: int = 5, device: torch.device | None = None) -> float:
    """Return the seconds of the fastest round: other programs can only make a round slower.

    Args:
        work: What to time.
        rounds: How often.
        device: Where it computes; each round ends when an accelerator has finished.
    """
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        if device is not None and device.type != "cpu":
            torch.accelerator.synchronize(device)
        times.append(time.perf_counter() - began)
    return min(times[1:])
