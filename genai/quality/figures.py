"""Figures of quality with their protocol and comparisons; how they are printed and stored."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Args:
        value: The number.
        n: Number of items that it was measured on.
        protocol: A sentence by which anyone can repeat the measurement, with the seed of random numbers.
        beside: Numbers to compare it with, by name: of real data, of a simpler model, of chance, its spread.
    """

    value: float
    n: int
    protocol: str
    beside: Mapping[str, float] = field(default_factory=dict)


PERCENTILES = 101
Figures = Mapping[str, Figure]


def figures_to_json(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON for the header of a checkpoint, rounded to 4 decimals."""
    return {
        name: {
            "value": round(figure.value, 4),
            "n": figure.n,
            "protocol": figure.protocol,
            "beside": {other: round(value, 4) for other, value in figure.beside.items()},
        }
        for name, figure in figures.items()
    }


def percentiles(values: Tensor) -> Tensor:
    """Return the percentiles 0 to 100 of numbers (N,): (101,)."""
    levels = torch.linspace(0, 1, PERCENTILES, dtype=torch.float64)
    return values.double().quantile(levels).to(values.dtype)


def share_below(levels: Sequence[float], value: float) -> float:
    """Return the share, 0 to 1, of the numbers with these percentiles that are below a value.

    It is the inverse of `percentiles`, interpolated like them; of numbers equal to the value, half are below it.

    Args:
        levels: Percentiles 0 to 100, in ascending order.
        value: The number that is compared.
    """
    first, end = bisect_left(levels, value), bisect_right(levels, value)
    last = len(levels) - 1
    if first < end:
        return (first + end - 1) / 2 / last
    if first in (0, len(levels)):
        return float(first > 0)
    low, high = levels[first - 1 : first + 1]
    return (first - 1 + (value - low) / (high - low)) / last


def wilson_interval(count: int, n: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a proportion, `count` of `n`, by Wilson's score.

    Unlike "share ± 2 deviations" it stays within 0 and 1, and it has a width even at a count of 0. The page shows
    it, and scipy, whose `binomtest` is the reference in the tests, is not installed there.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    z = NormalDist().inv_cdf(0.975)
    share = count / n
    centre = share + z * z / (2 * n)
    half_width = z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    scale = 1 + z * z / n
    low = (centre - half_width) / scale
    high = (centre + half_width) / scale
    return max(0.0, low), min(1.0, high)


def format_table(figures: Figures) -> str:
    """Return figures as a table: a line for each figure and below it the protocol."""
    lines = []
    for name, figure in figures.items():
        beside = "".join(f"   {other} {value:.4g}" for other, value in figure.beside.items())
        lines.append(f"{name:<36} {figure.value:>10.4g}   n {figure.n:,}{beside}")
        lines.append(f"    {figure.protocol}")
    return "\n".join(lines)


def format_report(model: str, figures: Figures, **facts: float) -> str:
    """Return the output of an evaluation: the table, then the same as JSON with further facts about the model."""
    report = {"model": model, **facts, "figures": figures_to_json(figures)}
    return f"{format_table(figures)}\n\n{json.dumps(report, ensure_ascii=False, indent=1)}"
