"""Forty drawings of four shapes, as pupils would draw them with a pen, and as many more as a judge needs."""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from genai.seeds import make_rng

NAMES = ("circle", "square", "triangle", "star")
SIDE = 32
FINE = 4  # drawn so much larger, then averaged: smooth edges
PEN = 0.085  # width, as a share of the side
Outline = list[tuple[float, float]]


def outline(kind: int) -> Outline:
    """Return the corners of a shape around (0, 0), at most 1 away."""
    if kind == 0:
        return [(math.cos(t * math.tau / 40), math.sin(t * math.tau / 40)) for t in range(40)]
    if kind == 3:
        radii = (1.0, 0.42)
        return [_corner(radii[n % 2], n / 10 - 0.25) for n in range(10)]
    corners = (4, 3)[kind - 1]
    return [_corner(1.0, n / corners - (0.125 if kind == 1 else 0.25)) for n in range(corners)]


def _corner(radius: float, turn: float) -> tuple[float, float]:
    return radius * math.cos(turn * math.tau), radius * math.sin(turn * math.tau)


def draw(kind: int, rng: torch.Generator, shake: torch.Generator) -> NDArray[np.uint8]:
    """Draw a shape in white on black, (32, 32).

    Args:
        kind: Which of NAMES.
        rng: Of the drawing: its own angle, size and wobbling corners.
        shake: Of the variation: a little more of angle, size and place.
    """
    own = torch.rand(4, generator=rng) * 2 - 1
    more = torch.rand(4, generator=shake) * 2 - 1
    angle = 0.15 * float(own[0]) + 0.15 * float(more[0])
    size = 0.36 + 0.04 * float(own[1]) + 0.04 * float(more[1])
    wide = 1 + 0.1 * float(own[2])
    points = []
    for x, y in outline(kind):
        wobble = 0.05 * torch.randn(2, generator=rng)
        bent = (x * wide + float(wobble[0]), y / wide + float(wobble[1]))
        turned = (
            bent[0] * math.cos(angle) - bent[1] * math.sin(angle),
            bent[0] * math.sin(angle) + bent[1] * math.cos(angle),
        )
        points.append(tuple((0.5 + size * value + 0.03 * float(more[2])) * SIDE * FINE for value in turned))
    picture = Image.new("L", (SIDE * FINE, SIDE * FINE))
    width = round(PEN * SIDE * FINE)
    ImageDraw.Draw(picture).line([*points, points[0], points[1]], fill=255, width=width, joint="curve")
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def write(folder: Path, drawings: int = 40, variations: int = 24) -> Path:
    """Write drawings and their variations as PNG files, in a folder for each shape; return the folder."""
    for number in range(drawings):
        kind = number % len(NAMES)
        for variation in range(variations):
            pixels = draw(kind, make_rng(1, number), make_rng(2, number, variation))
            path = folder / NAMES[kind] / f"{number:03d}~{variation}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path, compress_level=1)
    return folder


def labelled(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return drawings that nobody has learnt from, (N, 1, 32, 32) in [-1, 1], and their shapes (N,)."""
    kinds = [number % len(NAMES) for number in range(count)]
    pictures = [draw(kind, make_rng(seed, n), make_rng(seed, n, 1)) for n, kind in enumerate(kinds)]
    return torch.from_numpy(np.stack(pictures))[:, None].float() / 127.5 - 1, torch.tensor(kinds)
