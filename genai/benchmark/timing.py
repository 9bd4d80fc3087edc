"""Seconds that are worth something: the best of several rounds, after one that is not counted."""

import time
from collections.abc import Callable

import torch


def seconds(work: Callable[[], object], rounds: int = 5, device: torch.device | None = None) -> float:
    """Time a piece of work; the least of some rounds, since all that disturbs only makes it longer.

    Args:
        work: What to time.
        rounds: How often.
        device: Where it computes; an accelerator is waited for.
    """
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        if device is not None and device.type != "cpu":
            torch.accelerator.synchronize(device)
        times.append(time.perf_counter() - began)
    return min(times[1:])
