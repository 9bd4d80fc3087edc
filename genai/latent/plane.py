"""A square section of the latent space: a seed at each point of an 8 x 8 grid, arcs between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents, slerp
from genai.seeds import MAX_SEED
from genai.validation import check_list_length, check_range

SIDE = 8
"""Seeds in a row and in a column: 64 in all, the largest count of a request."""
MAX_COMPONENT = 3.0  # largest absolute value of a component; 99.7 % of a normal distribution lie below it
MAX_CHANGES = 32
Point = Sequence[float]


@dataclass(frozen=True)
class PlanePoint:
    """A point of the plane, or of the arc between two of its points, with components set by hand.

    Args:
        origin: The request of the top left corner; its label, variant and truncation hold for the whole plane.
        points: One (x, y) or two, each coordinate from 0 to 7; x runs right, y down.
        position: 0 to 1, position on the arc from the first point to the second.
        changes: Components of z that are set by hand, as (component, value from -3 to 3); at most 32.
    """

    origin: LatentRequest
    points: Sequence[Point] = ((0, 0),)
    position: float = 0.0
    changes: Sequence[tuple[int, float]] = ()

    def __post_init__(self) -> None:
        check_list_length("Points", self.points, 1, 2)
        check_list_length("Changes", self.changes, 0, MAX_CHANGES)
        for pair in (*self.points, *self.changes):
            check_list_length("Coordinates", pair, 2, 2)
        for x, y in self.points:
            check_range("x", x, 0, SIDE - 1)
            check_range("y", y, 0, SIDE - 1)
        check_range("Share", self.position, 0, 1)  # the name that the page uses
        for _, value in self.changes:
            check_range("Value", value, -MAX_COMPONENT, MAX_COMPONENT)

    def latent(self, size: int, labels: Labels) -> tuple[Tensor, int | None]:
        """Return z (Z,), and the condition of the origin, which holds for the whole plane.

        Raises:
            ConfigError: if the model has no such label or variant, or a z no such component.
        """
        for component, _ in self.changes:
            check_range("Component", component, 0, size - 1, whole=True)
        ends = [latent_at(self.origin, point, size, labels) for point in self.points]
        z = slerp(ends[0], ends[-1], self.position).clone()
        for component, value in self.changes:
            z[component] = value
        _, conditions = sample_latents([self.origin], size, labels)
        return z, conditions[0]


def seed_at(origin: int, x: int, y: int) -> int:
    """Return the seed of a grid point: seeds count up along the rows and wrap to 0 after the largest."""
    return (origin + x + SIDE * y) % (MAX_SEED + 1)


def plane_requests(origin: LatentRequest) -> list[LatentRequest]:
    """Return the requests of all grid points, row by row."""
    return [replace(origin, seed=seed_at(origin.seed, n, 0)) for n in range(SIDE**2)]


def latent_at(origin: LatentRequest, point: Point, size: int, labels: Labels) -> Tensor:
    """Return the z (Z,) of a point by spherical interpolation between the four grid points around it.

    Like bilinear interpolation, it goes first along x and then along y. It is continuous, and gives each grid point
    the z of its seed.
    """
    x, y = point
    left = int(x)
    top = int(y)
    right = min(left + 1, SIDE - 1)
    bottom = min(top + 1, SIDE - 1)
    corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
    requests = [replace(origin, seed=seed_at(origin.seed, column, row)) for column, row in corners]
    z, _ = sample_latents(requests, size, labels)
    upper = slerp(z[0], z[1], x - left)
    lower = slerp(z[2], z[3], x - left)
    return slerp(upper, lower, y - top)
