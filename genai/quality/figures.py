"""A figure of quality, with all that it needs to mean something; how figures are printed and stored."""

import json
from collections.abc import Mapping
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
        n: How many items it was measured on.
        protocol: How, in a sentence that lets anyone repeat it, with the seed where there were dice.
        beside: What to hold it against, by name: the same number of real data, a simpler model, chance, its spread.
    """

    value: float
    n: int
    protocol: str
    beside: Mapping[str, float] = field(default_factory=dict)


PERCENTILES = 101
Figures = Mapping[str, Figure]


def figures_to_json(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON has them, for the header of a checkpoint: rounded to 4 places."""
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
    return values.double().quantile(torch.linspace(0, 1, PERCENTILES, dtype=torch.float64)).to(values.dtype)


def wilson_interval(count: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, `count` of `n`: those shares for which this count would be no surprise.

    Unlike "share ± 2 deviations" it keeps within 0 and 1 and has a width even at a count of 0.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    z, share = NormalDist().inv_cdf(0.975), count / n
    middle = share + z * z / (2 * n)
    reach = z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def format_table(figures: Figures) -> str:
    """Return figures as text for a person: a line each, and under it how it was measured."""
    lines = []
    for name, figure in figures.items():
        beside = "".join(f"   {other} {value:.4g}" for other, value in figure.beside.items())
        lines += [f"{name:<36} {figure.value:>10.4g}   n {figure.n:,}{beside}", f"    {figure.protocol}"]
    return "\n".join(lines)


def format_report(model: str, figures: Figures, **facts: float) -> str:
    """Return what an evaluation prints: the table, then the same as JSON with further facts of the model."""
    everything = {"model": model, **facts, "figures": figures_to_json(figures)}
    return f"{format_table(figures)}\n\n{json.dumps(everything, ensure_ascii=False, indent=1)}"
