"""Drawings as strokes: read from a browser, fitted to a square, simplified, and bent a little.

The form is that of Quick, Draw! (Ha and Eck 2017, A Neural Representation of Sketch Drawings, arXiv 1704.03477).
The longer side of the drawing is 255 units, and each stroke keeps only the points that it needs (Ramer, Douglas and
Peucker) to stay within two units of what was drawn. A drawing then has about 300 bytes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from genai.errors import DataError

Points = NDArray[np.float32]
"""(N, 2), x to the right and y downwards."""

SIDE = 255.0
"""Units of the longer side of a drawing."""
EPSILON = 2.0
"""Units by which a simplified stroke may differ from what was drawn."""
MAX_STROKES = 200
MAX_POINTS = 5_000
LARGEST = 100_000.0
"""Largest coordinate that is read."""
SHORTEST_STEP = 20.0
"""Units between two points of a stroke that is to be bent."""
ANGLE = 10.0
"""Degrees by which a drawing is turned at most."""
STRETCH = 0.1
"""By how much each axis is made shorter or longer at most, as a share."""
SHRINK = 0.15
"""By how much a drawing is made smaller at most, as a share."""
BEND = 0.06
"""How far the middle of a side moves at most, as a share of the side."""
JITTER = 2.5
"""Standard deviation, in units, of the moves of points."""


@dataclass(frozen=True)
class Drawing:
    """A drawing.

    Args:
        strokes: Each (N, 2) in units, N at least 1; the smallest x and y of all are 0, and the largest is 255.
    """

    strokes: tuple[Points, ...]

    def to_json(self) -> list[list[int]]:
        """Return the strokes as a browser sends them: x, y, x, y and so on, in whole units."""
        return [[int(value) for value in np.round(stroke).ravel()] for stroke in self.strokes]

    @property
    def digest(self) -> str:
        """By which a drawing that is sent twice is recognised."""
        return hashlib.sha256(repr(self.to_json()).encode()).hexdigest()


def read_drawing(value: object) -> Drawing:
    """Read a drawing that a browser sent: a list of strokes, each a list x, y, x, y and so on, in any unit.

    Raises:
        DataError: if it is not of this form, is blank, or has too many points.
    """
    if not isinstance(value, list) or len(value) > MAX_STROKES:
        raise _not_a_drawing()
    strokes = [_read_stroke(stroke) for stroke in value]
    if sum(map(len, strokes)) > MAX_POINTS:
        raise _not_a_drawing()
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes or _extent(strokes) == 0:
        raise DataError("The drawing is blank: draw at least one line.")
    return Drawing(tuple(_reduce(strokes)))


def _reduce(strokes: list[Points]) -> list[Points]:
    """Fit, simplify and round strokes until that changes nothing more.

    Once is not enough: rounding can bring a point within EPSILON of the line through its neighbours, and the
    outermost point can be one that was left out. A drawing that is read again must be the same drawing, or it would
    be counted twice. The loop ends: points only become fewer, and without such a change the second round is the
    identity.
    """
    while True:
        reduced = [np.round(simplify(stroke, EPSILON)) for stroke in fit(strokes)]
        if all(map(np.array_equal, reduced, strokes)):
            return reduced
        strokes = reduced


def _read_stroke(value: object) -> Points:
    """Read one stroke: (N, 2)."""
    if not isinstance(value, list) or len(value) > 2 * MAX_POINTS or len(value) % 2:
        raise _not_a_drawing()
    if not all(_is_coordinate(number) for number in value):
        raise _not_a_drawing()
    return np.array(value, np.float32).reshape(-1, 2)


def _is_coordinate(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _not_a_drawing() -> DataError:
    return DataError(
        "This is not a drawing: it must be a list of at most {strokes} strokes with at most {points} points in "
        "all, each stroke a list of numbers x, y, x, y. Draw on the canvas of the page.",
        strokes=MAX_STROKES,
        points=MAX_POINTS,
    )


def _extent(strokes: Sequence[Points]) -> float:
    """Return the longer side of the box around strokes."""
    points = np.concatenate(strokes)
    return float((points.max(axis=0) - points.min(axis=0)).max())


def fit(strokes: Sequence[Points]) -> list[Points]:
    """Move and scale strokes so that they begin at 0 and the longer side of the box around them is 255 units."""
    low = np.concatenate(strokes).min(axis=0)
    scale = SIDE / _extent(strokes)
    return [((stroke - low) * scale).astype(np.float32) for stroke in strokes]


def simplify(stroke: Points, epsilon: float) -> Points:
    """Leave out the points of a stroke that are within a distance of the line through the others.

    Source: Douglas and Peucker 1973; here with a stack, since a long stroke would be too deep for recursion.

    Args:
        stroke: (N, 2).
        epsilon: The largest distance.

    Returns:
        (M, 2), first and last point included.
    """
    kept = np.zeros(len(stroke), bool)
    kept[[0, -1]] = True
    parts = [(0, len(stroke) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        distances = distance_to_segment(stroke[first + 1 : last], stroke[first], stroke[last])
        farthest = int(distances.argmax())
        if distances[farthest] > epsilon:
            middle = first + 1 + farthest
            kept[middle] = True
            parts += [(first, middle), (middle, last)]
    return stroke[kept]


def distance_to_segment(points: Points, start: Points, end: Points) -> NDArray[np.float32]:
    """Return the distances (N,) of points (N, 2) to the segment from start (2,) to end (2,)."""
    along = end - start
    length = float(along @ along)
    share = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points), np.float32)
    nearest = start + share[:, None] * along
    distances: NDArray[np.float32] = np.hypot(*(points - nearest).T)
    return distances


def vary(drawing: Drawing, rng: torch.Generator) -> list[Points]:
    """Return the strokes of a drawing as another hand could have drawn it: turned, stretched, bent, unsteady.

    The strokes are changed before they become pixels, so that lines stay clean and equally wide.

    Args:
        drawing: Is not changed.
        rng: On the CPU.

    Returns:
        Strokes (N, 2) in units around 0.
    """
    uniform = (torch.rand(6, generator=rng) * 2 - 1).tolist()
    angle = np.deg2rad(ANGLE * uniform[0])
    stretch = np.array([1 + STRETCH * uniform[1], 1 + STRETCH * uniform[2]], np.float32)
    size = 1 - SHRINK * abs(uniform[3])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    bend = np.array([uniform[4], uniform[5]], np.float32) * BEND * SIDE
    varied = []
    for stroke in drawing.strokes:
        points = _subdivide(stroke) - SIDE / 2
        # A parabola through the corners: the middle of a side moves, its ends do not.
        points = points + bend * (1 - (points[:, ::-1] / (SIDE / 2)) ** 2)
        points = points + _unsteadiness(len(points), rng)
        varied.append((points * stretch * size) @ turn)
    return varied


def _subdivide(stroke: Points) -> Points:
    """Add points to a stroke, so that a straight line can be bent."""
    pieces = [stroke[:1]]
    for start, end in pairwise(stroke):
        count = max(1, int(np.hypot(*(end - start)) / SHORTEST_STEP))
        shares = np.arange(1, count + 1, dtype=np.float32)[:, None] / count
        pieces.append(start + shares * (end - start))
    return np.concatenate(pieces)


def _unsteadiness(count: int, rng: torch.Generator) -> Points:
    """Return moves (count, 2) of the points of a stroke, smooth along it, as those of a hand are."""
    knots = max(2, count // 4 + 1)
    moves = (torch.randn(knots, 2, generator=rng) * JITTER).numpy()
    places = np.linspace(0, knots - 1, count)
    return np.stack([np.interp(places, np.arange(knots), moves[:, axis]) for axis in (0, 1)], 1).astype(np.float32)
