"""Requests to generators that start from noise: a label, a seed, and what z they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from genai.errors import ConfigError, quoted
from genai.labels import ANY, Labels
from genai.seeds import MAX_SEED, check_seed, make_rng

MAX_COUNT = 64
R = TypeVar("R", bound="LatentRequest")


@dataclass(frozen=True)
class LatentRequest:
    """Which item to make: one picture, or one sound.

    Args:
        label: Name or number of a class; "any" or None lets the seed choose.
        seed: 0 to 4294967295, start of the noise z.
        truncation: 0 to 1; z is multiplied by it: nearer 0, more typical and less varied.
    """

    label: str | int | None = ANY
    seed: int = 0
    truncation: float = 1.0

    def __post_init__(self) -> None:
        check_seed(self.seed)
        number = isinstance(self.truncation, int | float) and not isinstance(self.truncation, bool)
        if not number or not 0 <= self.truncation <= 1:  # NaN fails too
            raise ConfigError(
                "Truncation {value} cannot be used: it must be a number from 0 to 1.",
                value=quoted(self.truncation),
            )


def consecutive_seeds(request: R, count: int) -> list[R]:
    """Repeat a request with seeds that count up, from 0 again after the largest.

    Raises:
        ConfigError: if count is not a whole number from 1 to 64.
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
        raise ConfigError(
            "Count {value} cannot be used: it must be a whole number from 1 to {high}.",
            value=quoted(count),
            high=MAX_COUNT,
        )
    return [replace(request, seed=(request.seed + n) % (MAX_SEED + 1)) for n in range(count)]


def sample_latents(requests: Sequence[LatentRequest], size: int, labels: Labels) -> tuple[Tensor, list[int | None]]:
    """Draw each request's z from its own seed, and its label where that is left to the seed.

    z comes before the label, so that one seed means one z whatever the label.

    Args:
        requests: B of them.
        size: Numbers in a z.
        labels: What the model knows.

    Returns:
        z (B, size), standard normal times the truncation, and a label or None for each.

    Raises:
        ConfigError: if the model has no such label.
    """
    rows, chosen = [], []
    for request in requests:
        rng = make_rng(request.seed)
        rows.append(torch.randn(size, generator=rng) * request.truncation)
        label = labels.index(request.label)
        if label is None and labels:
            label = int(torch.randint(len(labels), (), generator=rng))
        chosen.append(label)
    return torch.stack(rows), chosen


def slerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Go a share, 0 to 1, of the way from z a to z b along the arc between them; their lengths change evenly.

    On a straight line the middle would be too short: in 100 dimensions nearly all of a normal distribution lies
    near a sphere. Source: White 2016, "Sampling generative networks", arXiv 1609.04468.
    """
    if share in (0, 1):  # the ends themselves, not what rounding would make of them
        return b if share else a
    long_a, long_b = a.norm(), b.norm()
    if long_a == 0 or long_b == 0:  # truncated to nothing: there is no direction
        return torch.lerp(a, b, share)
    cosine = (a @ b / (long_a * long_b)).clamp(-1, 1)
    angle = cosine.acos()
    if angle.sin().abs() < 1e-4:  # the same or opposite directions: the arc is a line, or not one but many
        return torch.lerp(a, b, share)
    one, other = ((1 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin()
    between: Tensor = (one * a / long_a + other * b / long_b) * torch.lerp(long_a, long_b, share)
    return between


def interpolate_path(points: Tensor, count: int, *, loop: bool) -> Tensor:
    """Walk along arcs from z to z in even steps.

    Args:
        points: (K, Z), at least two.
        count: Steps to return, at least two.
        loop: Whether the walk ends a step before the first point, so that it can be repeated without a stop.

    Returns:
        (count, Z), the first point first; without a loop, the last one last.
    """
    stops = torch.cat([points, points[:1]]) if loop else points
    legs = len(stops) - 1
    places = [n * legs / (count if loop else count - 1) for n in range(count)]
    return torch.stack([slerp(stops[k := min(int(x), legs - 1)], stops[k + 1], x - k) for x in places])
