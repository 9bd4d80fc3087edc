"""Requests to generators that start from noise: label, seed and truncation, the z they give, and interpolation."""

from collections.abc import Callable, Sequence
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
        truncation: 0 to 1, a factor of z: nearer to 0, results are more typical and less varied.
        variant: Name or number of a variant; "any" or None lets the seed choose.
    """

    label: str | int | None = ANY
    seed: int = 0
    truncation: float = 1.0
    variant: str | int | None = ANY

    def __post_init__(self) -> None:
        check_seed(self.seed)
        is_number = isinstance(self.truncation, int | float) and not isinstance(self.truncation, bool)
        if not is_number or not 0 <= self.truncation <= 1:  # NaN fails too
            raise ConfigError(
                "Truncation {value} cannot be used: it must be a number from 0 to 1.",
                value=quoted(self.truncation),
            )


def consecutive_seeds(request: R, count: int) -> list[R]:
    """Repeat a request with consecutive seeds, which wrap to 0 after the largest.

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
    """Draw each request's z, and its class and variant where the request leaves them open, from its own seed.

    z is drawn first, and then the variant, so that a seed gives the same of both whatever the label.

    Args:
        requests: B requests.
        size: Number of components of z.
        labels: The classes and variants of the model.

    Returns:
        z (B, size), standard normal times the truncation; and for each request its condition, None without classes.

    Raises:
        ConfigError: if the model has no such label or variant.
    """
    rows: list[Tensor] = []
    conditions: list[int | None] = []
    for request in requests:
        rng = make_rng(request.seed)
        rows.append(torch.randn(size, generator=rng) * request.truncation)
        conditions.append(_choose_condition(request, labels, rng))
    return torch.stack(rows), conditions


def _choose_condition(request: LatentRequest, labels: Labels, rng: torch.Generator) -> int | None:
    label = labels.index(request.label)
    variant = labels.variant_index(request.variant)
    if not labels:
        return None
    if not labels.variants:
        return labels.draw(rng) if label is None else label
    if label is not None and variant is not None:
        labels.check_pair(label, variant)
    drawn = _draw_variant(labels, rng)
    if label is None:
        label = labels.draw(rng, variant)
    return labels.condition(label, drawn(label) if variant is None else variant)


def _draw_variant(labels: Labels, rng: torch.Generator) -> Callable[[int], int]:
    """Draw what decides the variant, and return the function from a class to its variant."""
    if not labels.variant_shares:
        drawn = int(torch.randint(len(labels.variants), (), generator=rng))
        return lambda label: drawn
    position = float(torch.rand((), dtype=torch.float64, generator=rng))
    return lambda label: labels.variant_at(label, position)


def slerp(a: Tensor, b: Tensor, position: float) -> Tensor:
    """Interpolate between two z along the arc between their directions, and linearly between their lengths.

    On a straight line the middle would be too short: in 100 dimensions nearly all of a normal distribution lies
    near a sphere.

    Args:
        a: (Z,), the z at position 0.
        b: (Z,), the z at position 1.
        position: 0 to 1.

    Source: White 2016, "Sampling generative networks", arXiv 1609.04468.
    """
    if position == 0:  # the ends exactly, without rounding
        return a
    if position == 1:
        return b
    length_a = a.norm()
    length_b = b.norm()
    if length_a == 0 or length_b == 0:  # at truncation 0 there is no direction
        return torch.lerp(a, b, position)
    cosine = (a @ b / (length_a * length_b)).clamp(-1, 1)
    angle = cosine.acos()
    if angle.sin().abs() < 1e-4:  # the same direction, or opposite ones, between which no arc is distinguished
        return torch.lerp(a, b, position)
    weight_a = ((1 - position) * angle).sin() / angle.sin()
    weight_b = (position * angle).sin() / angle.sin()
    direction = weight_a * a / length_a + weight_b * b / length_b
    z: Tensor = direction * torch.lerp(length_a, length_b, position)
    return z


def interpolate_path(points: Tensor, count: int, *, loop: bool) -> Tensor:
    """Interpolate along the arcs from point to point in even steps.

    Args:
        points: (K, Z), at least two.
        count: Number of steps to return, at least two.
        loop: Whether the path also returns from the last point to the first; it then stops one step before, so that
            it can be repeated without a pause.

    Returns:
        (count, Z); the first row is the first point, and without a loop the last row is the last point.
    """
    stops = torch.cat([points, points[:1]]) if loop else points
    arcs = len(stops) - 1
    intervals = count if loop else count - 1
    steps = []
    for n in range(count):
        position = n * arcs / intervals
        arc = min(int(position), arcs - 1)
        steps.append(slerp(stops[arc], stops[arc + 1], position - arc))
    return torch.stack(steps)
