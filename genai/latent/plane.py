"""A square of the latent space to move about in: a seed at each whole-numbered point, arcs between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents, slerp
from genai.seeds import MAX_SEED
from genai.validation import check_list_length, check_range

SIDE = 8
"""Seeds in a row and in a column: together as many as a request of pictures has at most."""
REACH = 3.0  # furthest value of a component; 99.7 % of a normal distribution lie nearer to 0
MAX_CHANGES = 32
Point = Sequence[float]


@dataclass(frozen=True)
class PlanePoint:
    """A z of the plane.

    Args:
        origin: The request of the corner: its label and truncation hold everywhere.
        points: One (x, y) or two, each number from 0 to 7; x runs right, y down.
        share: 0 to 1, how far along the arc from the first point to the second.
        changes: Components of z that are set by hand, as (component, value from -3 to 3); at most 32.
    """

    origin: LatentRequest
    points: Sequence[Point] = ((0, 0),)
    share: float = 0.0
    changes: Sequence[tuple[int, float]] = ()

    def __post_init__(self) -> None:
        for name, group, low, high in (("Points", self.points, 1, 2), ("Changes", self.changes, 0, MAX_CHANGES)):
            check_list_length(name, group, low, high)
        for pair in (*self.points, *self.changes):
            check_list_length("Coordinates", pair, 2, 2)
        for x, y in self.points:
            check_range("x", x, 0, SIDE - 1)
            check_range("y", y, 0, SIDE - 1)
        check_range("Share", self.share, 0, 1)
        for _, value in self.changes:
            check_range("Value", value, -REACH, REACH)

    def latent(self, size: int, labels: Labels) -> tuple[Tensor, int | None]:
        """Return the noise (Z,) and the class, which is the corner's all over the plane.

        Raises:
            ConfigError: if the model has no such label, or a z no such component.
        """
        for component, _ in self.changes:
            check_range("Component", component, 0, size - 1, whole=True)
        ends = [latent_at(self.origin, point, size, labels) for point in self.points]
        z = slerp(ends[0], ends[-1], self.share).clone()
        for component, value in self.changes:
            z[component] = value
        return z, sample_latents([self.origin], size, labels)[1][0]


def seed_at(origin: int, x: int, y: int) -> int:
    """The seed of a whole-numbered point: seeds count up along the rows, from 0 again after the largest."""
    return (origin + x + SIDE * y) % (MAX_SEED + 1)


def plane_requests(origin: LatentRequest) -> list[LatentRequest]:
    """The requests of all whole-numbered points, row by row."""
    return [replace(origin, seed=seed_at(origin.seed, n, 0)) for n in range(SIDE**2)]


def latent_at(origin: LatentRequest, point: Point, size: int, labels: Labels) -> Tensor:
    """Return the z (Z,) of a point: that of its seed, or an arc between two arcs between the four seeds around.

    It is continuous, and neighbouring squares agree on the side they share.
    """
    (left, across), (top, down) = ((int(place), place - int(place)) for place in point)
    right, bottom = min(left + 1, SIDE - 1), min(top + 1, SIDE - 1)
    corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
    around = [replace(origin, seed=seed_at(origin.seed, x, y)) for x, y in corners]
    z = sample_latents(around, size, labels)[0]
    return slerp(slerp(z[0], z[1], across), slerp(z[2], z[3], across), down)
