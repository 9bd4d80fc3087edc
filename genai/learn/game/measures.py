"""How far generated points are from the real ones, and the best reply that a discriminator could give.

Densities are smoothed by a Gaussian of standard deviation 0.075, the width of a cell of the map: the real one in
closed form, the generator's by a kernel estimate from 4,096 of its points. Both with the same kernel, so that
equal distributions have equal densities, apart from chance. Where the densities change over a distance of 0.3 or
more, the best reply that follows is within 0.15 of the true one, 0.025 on average; on the edge of a narrow curve it
is blurred.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.learn.game.config import EXTENT
from genai.learn.game.distributions import Distribution

MAP_SIDE = 40
CELL = 2 * EXTENT / MAP_SIDE
BANDWIDTH = CELL
EVALUATED = 4096
"""Generated points that are measured."""
DIRECTIONS, SLICED = 64, 1024
"""Of the sliced Wasserstein distance: directions, and points of each kind."""
HISTOGRAM_SIDE = 30
FLOOR_DENSITY = 1e-4
"""Added to both densities, so that the best reply is 1/2 where neither has points; a uniform one would be 0.11."""
CHANCE = 0.02
"""Nats by which the value of the best reply varies by chance."""
EQUILIBRIUM = -math.log(4)
"""The value of the game where both distributions are equal."""
MODE_SHARE = 0.1
"""A mode is found if a tenth of the points due to it lie in it."""


def map_points() -> Tensor:
    """Return the centres of the map's cells, row by row from y = -1.5: (1600, 2)."""
    places = map_places()
    y, x = torch.meshgrid(places, places, indexing="ij")
    return torch.stack([x, y], dim=2).view(-1, 2)


def map_places() -> Tensor:
    """Return the x (or y) of the map's cells: (40,)."""
    return (torch.arange(MAP_SIDE) + 0.5) * CELL - EXTENT


def kernel_density(points: Tensor) -> Tensor:
    """Return the smoothed density of points (N, 2) on the map, in 1 / area: (1600,).

    A round Gaussian is the product of one in x and one in y, so the sum over points is a product of two matrices.
    """
    places = map_places()[:, None]
    across = torch.exp((places - points[:, 0]).square() / (-2 * BANDWIDTH**2))  # (40, N)
    along = torch.exp((places - points[:, 1]).square() / (-2 * BANDWIDTH**2))
    return (along @ across.T).view(-1) / (len(points) * 2 * math.pi * BANDWIDTH**2)


@lru_cache(maxsize=64)
def real_density(source: Distribution) -> Tensor:
    """Return the smoothed density of the real points on the map, as `kernel_density`."""
    return source.density(map_points(), BANDWIDTH)


def best_reply(real: Tensor, fake: Tensor) -> Tensor:
    """Return D* = p / (p + p_G), which maximises the value (Goodfellow et al. 2014, proposition 1).

    Args:
        real: Density p, of any shape.
        fake: Density p_G at the same points.
    """
    return (real + FLOOR_DENSITY) / (real + fake + 2 * FLOOR_DENSITY)


@dataclass(frozen=True)
class Value:
    """The value of the zero-sum game, V(D, G) = E log D(x) + E log(1 - D(G(z))), in nats.

    It is what the discriminator maximises with the losses zero-sum and non-saturating. With the others it maximises
    something else, and D = sigma(logit) is only a way to look at it.

    Args:
        value: Of the discriminator.
        best: Of the best reply.
    """

    value: float
    best: float

    @property
    def progress(self) -> float:
        """The discriminator's share of the way from knowing nothing to the best reply, 0 to 1.

        Knowing nothing, D = 1/2 everywhere, has the value -log 4. A discriminator that is worse has 0, one that is
        better than the smoothed best reply has 1. What chance adds to the way is added to both, so that D = 1/2 is
        the best reply to equal distributions.
        """
        share = (self.value - EQUILIBRIUM + CHANCE) / (self.best - EQUILIBRIUM + CHANCE)
        return min(1.0, max(0.0, share))


def game_value(real_logits: Tensor, fake_logits: Tensor, best: Tensor, real: Tensor, fake: Tensor) -> Value:
    """Return the value of a discriminator and of the best reply, both as means over the same points.

    Args:
        real_logits: (N,), the discriminator's at the real points.
        fake_logits: (M,), at the generated ones.
        best: (1600,), the best reply on the map, between whose cells it is interpolated. It is sure of generated
            points outside the map.
        real: (N, 2), real points, all of them on the map.
        fake: (M, 2), generated points.
    """
    outside = (fake.abs() > EXTENT).any(dim=1)
    best_fake = torch.where(outside, 0.0, F.logsigmoid(-interpolated(best.logit(), fake)))
    value = F.logsigmoid(real_logits).mean() + F.logsigmoid(-fake_logits).mean()
    best_value = F.logsigmoid(interpolated(best.logit(), real)).mean() + best_fake.mean()
    return Value(float(value), float(best_value))


def interpolated(values: Tensor, points: Tensor) -> Tensor:
    """Return values of the map (1600,) at points (N, 2), linearly between the centres of its cells: (N,)."""
    picture = values.view(1, 1, MAP_SIDE, MAP_SIDE)
    places = (points / EXTENT).view(1, 1, -1, 2)
    return F.grid_sample(picture, places, padding_mode="border", align_corners=False).view(-1)


def jensen_shannon(first: Tensor, second: Tensor) -> float:
    """Return the Jensen-Shannon divergence of two sets of points (N, 2), (M, 2), from 0 to log 2.

    It is that of their histograms of 30 x 30 cells and one more for all points outside.
    """
    p, q = _histogram(first), _histogram(second)
    middle = (p + q) / 2
    terms = torch.xlogy(p, p / middle).nan_to_num() + torch.xlogy(q, q / middle).nan_to_num()
    return max(0.0, float(terms.sum() / 2))


def _histogram(points: Tensor) -> Tensor:
    """Return the share of points in each cell, in double precision: (901,)."""
    cells = ((points.nan_to_num(2 * EXTENT) + EXTENT) / (2 * EXTENT) * HISTOGRAM_SIDE).floor()
    inside = (points.abs() <= EXTENT).all(dim=1)
    cells = cells.clamp(0, HISTOGRAM_SIDE - 1).long()
    numbers = torch.where(inside, cells[:, 1] * HISTOGRAM_SIDE + cells[:, 0], HISTOGRAM_SIDE**2)
    return torch.bincount(numbers, minlength=HISTOGRAM_SIDE**2 + 1).double() / len(points)


def projections(points: Tensor) -> Tensor:
    """Return points (N, 2) seen along 64 directions, in ascending order: (64, N)."""
    angles = torch.arange(DIRECTIONS) * (math.pi / DIRECTIONS)
    directions = torch.stack([angles.cos(), angles.sin()])  # (2, 64)
    return (points @ directions).T.contiguous().sort(dim=1).values


def sliced_wasserstein(first: Tensor, second: Tensor) -> float:
    """Return the sliced 2-Wasserstein distance, in units of the plane (Rabin et al. 2011).

    It is the root of the mean, over directions, of the squared Wasserstein distance on a line.

    Args:
        first: `projections` of N points.
        second: The same of as many points.
    """
    return float((first - second).square().mean().sqrt())


@dataclass(frozen=True)
class Modes:
    """Which parts of the real points are generated.

    Args:
        found: Number of modes that have a tenth of the points due to them, or more.
        inside: Share of the generated points within 3 standard deviations of the nearest centre.
    """

    found: int
    inside: float


def count_modes(source: Distribution, points: Tensor) -> Modes:
    """Count the modes in which generated points (N, 2) lie."""
    distances, nearest = torch.cdist(points, source.centres).min(dim=1)
    inside = distances <= 3 * source.sd
    counts = torch.bincount(source.mode_of[nearest[inside]], minlength=source.modes)
    due = torch.bincount(source.mode_of) / len(source.centres) * len(points)
    return Modes(int((counts >= MODE_SHARE * due).sum()), float(inside.float().mean()))
