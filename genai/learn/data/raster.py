"""From strokes to pixels, with one width of pen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genai.learn.data.strokes import SIDE, Points

PEN = 0.075
"""Width of the pen, as a share of the picture's side: 2.4 pixels of 32."""
FILLED = 0.76
"""Share of the picture's side that the longer side of a drawing takes."""
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Form:
    """What pictures look like.

    Args:
        size: Side in pixels.
        paper: Red, green and blue of the ground, 0 to 255.
        ink: The same of the lines.
    """

    size: int = 32
    paper: Colour = (0, 0, 0)
    ink: Colour = (255, 255, 255)

    @property
    def is_grey(self) -> bool:
        """Whether pictures of this form have no colour, and so one channel."""
        return len(set(self.paper)) == len(set(self.ink)) == 1


def coverage(strokes: Sequence[Points], size: int) -> NDArray[np.float32]:
    """Return how much of each pixel the pen has covered.

    The box around the strokes is centred. The pen is round, so that a pixel is covered as far as its centre is
    nearer to a line than half the width; at the edge of the line by a share, which makes it smooth.

    Args:
        strokes: Each (N, 2) in units, of which 255 take 76 % of the picture.
        size: Side of the picture in pixels.

    Returns:
        (size, size), 0 to 1; 0 everywhere without strokes.
    """
    if not strokes:
        return np.zeros((size, size), np.float32)
    points = np.concatenate(strokes)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    scale = FILLED * size / SIDE
    starts, ends = _segments([(stroke - centre) * scale + size / 2 for stroke in strokes])
    covered: NDArray[np.float32] = np.clip(PEN * size / 2 + 0.5 - _distances(starts, ends, size), 0, 1)
    return covered


def _segments(strokes: Sequence[Points]) -> tuple[Points, Points]:
    """Return the ends (S, 2) and (S, 2) of all segments; a stroke of one point is a segment of length 0."""
    starts = [stroke[:-1] if len(stroke) > 1 else stroke for stroke in strokes]
    ends = [stroke[1:] if len(stroke) > 1 else stroke for stroke in strokes]
    return np.concatenate(starts), np.concatenate(ends)


def _distances(starts: Points, ends: Points, size: int) -> NDArray[np.float32]:
    """Return the distance (size, size) of each pixel's centre to the nearest segment, in pixels."""
    centres = np.arange(size, dtype=np.float32) + 0.5
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    x = centres[None, None, :] - starts[:, 0, None, None]  # (S, 1, size)
    y = centres[None, :, None] - starts[:, 1, None, None]  # (S, size, 1)
    across_x, across_y = along[:, 0, None, None], along[:, 1, None, None]
    share = np.clip((x * across_x + y * across_y) / lengths[:, None, None], 0, 1)  # (S, size, size)
    squared = (x - share * across_x) ** 2 + (y - share * across_y) ** 2
    distances: NDArray[np.float32] = np.sqrt(squared.min(axis=0))
    return distances


def draw(strokes: Sequence[Points], form: Form) -> NDArray[np.uint8]:
    """Return a drawing as a picture (size, size, 3), 0 to 255."""
    covered = coverage(strokes, form.size)[..., None]
    paper, ink = np.array(form.paper, np.float32), np.array(form.ink, np.float32)
    picture: NDArray[np.uint8] = np.round(paper + covered * (ink - paper)).astype(np.uint8)
    return picture
