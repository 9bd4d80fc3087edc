"""Which own picture is nearest to a generated one: whether a model copies what it was taught is then seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 24
"""Pixels of the side on which pictures are compared."""
SHIFT = 2
"""Pixels by which a picture is moved to find the best match."""


@dataclass(frozen=True)
class Match:
    """The own picture that is most like a generated one.

    Args:
        row: Its place among the own ones.
        likeness: The correlation of their grey values at the best place, -1 to 1; 1 for the same picture.
    """

    row: int
    likeness: float


def nearest(samples: Sequence[NDArray[np.uint8]], own: Sequence[NDArray[np.uint8]]) -> list[Match]:
    """Find for each generated picture the own one that is most like it, moved by up to a twelfth of its side.

    Args:
        samples: Each (H, W, 3), of any size.
        own: Each (H, W, 3), of any size; at least one.
    """
    moved = np.stack([_unit(shifted) for picture in own for shifted in _shifts(_grey(picture))])
    generated = np.stack([_unit(_grey(sample)) for sample in samples])
    likeness = generated @ moved.T  # (samples, own * shifts)
    of_each = likeness.reshape(len(samples), len(own), -1).max(axis=2)
    return [Match(int(row.argmax()), float(row.max())) for row in of_each]


def _grey(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the grey values of a picture, (24, 24)."""
    small = Image.fromarray(picture).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def _shifts(grey: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return a picture moved by each step of up to two pixels in x and y; its edge is repeated."""
    padded = np.pad(grey, SHIFT, mode="edge")
    places = range(2 * SHIFT + 1)
    return [padded[y : y + SIDE, x : x + SIDE] for y in places for x in places]


def _unit(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the deviations from the mean as a vector of length 1; of a blank picture of length 0."""
    deviations = (grey - grey.mean()).ravel()
    length = float(np.linalg.norm(deviations))
    unit: NDArray[np.float32] = deviations / length if length > 1e-3 else np.zeros_like(deviations)
    return unit
