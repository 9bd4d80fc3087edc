"""Where the real points lie: sums of round Gaussians, so that their density is known in closed form everywhere.

A ring, say, is 256 Gaussians whose centres lie along a circle, closer together than they are wide.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from genai.learn.game.config import Data

CENTRES = 256
"""Gaussians along a curve."""
CURVE_SD, BLOB_SD, PEN_SD, DRAWN_SD = 0.05, 0.06, 0.03, 0.02
"""Standard deviation of the points around a curve, in a blob, around a pen's stroke, around a drawn point."""
BLOBS = 8

Line = Sequence[tuple[float, float]]

PERSON: tuple[Line, ...] = (
    ((0.04, 1.05), (0.0, 0.62), (-0.14, 0.18), (-0.42, -0.34), (-0.78, -0.76), (-1.08, -0.98)),
    ((-0.02, 0.44), (0.14, 0.08), (0.4, -0.38), (0.74, -0.76), (1.1, -0.98)),
)
"""The two strokes of the character 人, as corners of lines."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """Gaussians of equal weight and width.

    Args:
        centres: (K, 2).
        sd: Standard deviation of each, the same in all directions.
        mode_of: (K,), the mode to which each belongs, from 0. Modes are parts that lie apart from one another:
            eight blobs, two moons, one ring.
    """

    centres: Tensor
    sd: float
    mode_of: Tensor

    @property
    def modes(self) -> int:
        """Number of modes."""
        return int(self.mode_of.max()) + 1

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        """Draw points: (count, 2)."""
        which = torch.randint(len(self.centres), (count,), generator=rng)
        return self.centres[which] + self.sd * torch.randn(count, 2, generator=rng)

    def density(self, points: Tensor, bandwidth: float = 0.0) -> Tensor:
        """Return the density at points (..., 2), in 1 / area: (...).

        Args:
            points: Anywhere in the plane.
            bandwidth: Standard deviation of a Gaussian with which the distribution is smoothed. The sum of two
                independent Gaussians is one, with the sum of their variances, so this is exact.
        """
        variance = self.sd**2 + bandwidth**2
        distances = torch.cdist(points.reshape(-1, 2), self.centres, compute_mode="donot_use_mm_for_euclid_dist")
        values = torch.exp(distances.square() / (-2 * variance)).mean(dim=1) / (2 * math.pi * variance)
        return values.view(points.shape[:-1])


@lru_cache(maxsize=64)
def distribution(data: Data, points: tuple[tuple[float, float], ...] = ()) -> Distribution:
    """Return the distribution of a name; "drawn" is made of the points given."""
    match data:
        case "ring":
            return _apart([_circle()], CURVE_SD)
        case "moons":
            return _apart(_moons(), CURVE_SD)
        case "spiral":
            return _apart([_spiral()], CURVE_SD)
        case "blobs":
            return _apart(_circle(BLOBS)[:, None], BLOB_SD)
        case "person":
            strokes = [_along(torch.tensor(line), CENTRES // 2) for line in PERSON]
            return _apart([torch.cat(strokes)], PEN_SD)
        case "drawn":
            return _apart([torch.tensor(points)], DRAWN_SD)


def _apart(modes: Sequence[Tensor] | Tensor, sd: float) -> Distribution:
    """Return Gaussians whose centres (K, 2) are given for each mode."""
    sizes = torch.tensor([len(mode) for mode in modes])
    return Distribution(torch.cat(list(modes)), sd, torch.repeat_interleave(sizes))


def _circle(count: int = CENTRES) -> Tensor:
    angles = torch.arange(count) * (2 * math.pi / count)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def _moons() -> list[Tensor]:
    """Two half circles of radius 0.7 that reach into each other."""
    angles = torch.linspace(0, math.pi, CENTRES // 2)
    upper = 0.7 * torch.stack([angles.cos(), angles.sin()], dim=1) + torch.tensor([-0.35, -0.2])
    return [upper, -upper]


def _spiral() -> Tensor:
    """One and a half turns, from radius 0.2 to 1.2."""
    share = torch.linspace(0, 1, 4 * CENTRES)
    angles, radii = 3 * math.pi * share, 0.2 + share
    return _along(torch.stack([radii * angles.cos(), radii * angles.sin()], dim=1), CENTRES)


def _along(corners: Tensor, count: int) -> Tensor:
    """Return points at equal distances along the line through corners (N, 2): (count, 2)."""
    lengths = (corners[1:] - corners[:-1]).norm(dim=1)
    ends = torch.cat([torch.zeros(1), lengths.cumsum(0)])
    wanted = torch.linspace(0, float(ends[-1]), count)
    piece = (torch.searchsorted(ends, wanted, right=True) - 1).clamp(0, len(lengths) - 1)
    share = (wanted - ends[piece]) / lengths[piece]
    return torch.lerp(corners[piece], corners[piece + 1], share[:, None])
