"""What is shown of a game at one moment: the map of D, points, the generator's grid, arrows, and numbers."""

import base64
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

from genai.learn.game import losses, measures
from genai.learn.game.config import EXTENT
from genai.learn.game.networks import backward, forward, input_gradient
from genai.learn.game.pair import Pair, discriminator_shape, generator_shape
from genai.learn.game.rounds import logit_slopes
from genai.seeds import make_rng

SHOWN = 300
"""Points of each kind that are shown."""
ARROWS = 100
GRID_SIDE, CURVE_POINTS = 21, 101
SHOWN_NOISE, MEASURED_NOISE = 6, 7
"""Streams of random numbers: the z of the points shown, and of those that are measured."""
FAR = 1e6
"""Where points are put that are no numbers any more: outside the plane."""
DENSE_AREA, DENSE_LENGTH = 1.0, 0.5
"""Densities, in 1 / area and in 1 / length, that are half of the darkest shading."""

Numbers = dict[str, float | None]


class NetState(TypedDict):
    """A network pair as the page gets it; base64 throughout.

    Attributes:
        map: 40 x 40 bytes, 255 D, row 0 at y = -1.5.
        best: The same of the best reply.
        fake: Generated points.
        grid: Where the generator puts a grid of 21 x 21 z, or 101 along a line.
        arrows: Pairs of int8, 127 for `scale`: minus the gradient of the generator's loss at the first 100 points.
        scale: The longest component of an arrow.
        density: Shading of the grid's 20 x 20 cells, or 100 pieces: 255 d / (d + a constant).
        numbers: By name; None where a number is not finite.
    """

    map: str
    best: str
    fake: str
    grid: str
    arrows: str
    scale: float
    density: str
    numbers: Numbers


@dataclass(frozen=True)
class Look:
    """What is computed for each picture.

    Args:
        map_logits: (1600,), of D on the map.
        fake: (300, 2), generated points.
        grid: (441, 2) or (101, 2).
        arrows: (300, 2), minus the gradient of the generator's loss in use at each point, its own share alone.
        numbers: Losses and the discriminator's mean answers.
    """

    map_logits: Tensor
    fake: Tensor
    grid: Tensor
    arrows: Tensor
    numbers: Numbers


@dataclass(frozen=True)
class Measurement:
    """What takes longer, and is computed less often where there are many games.

    Args:
        best: (1600,), the best reply on the map.
        numbers: Value, distances, modes.
    """

    best: Tensor
    numbers: Numbers


@torch.no_grad()
def look(pair: Pair) -> Look:
    """Compute what each picture needs."""
    config = pair.config
    z = torch.cat([noise(pair, SHOWN_NOISE, SHOWN), grid_noise(config.latent_size)])
    made = _generate(pair, z)
    fake, grid = made[:SHOWN], made[SHOWN:]
    real = pair.pool[:SHOWN]
    layers = discriminator_shape(config).layers(pair.state.discriminator[None])
    done = forward(layers, torch.cat([real, fake, _map_points()])[None])
    logits = done.outputs[0, :, 0]
    real_logits, fake_logits = logits[None, :SHOWN], logits[None, SHOWN : 2 * SHOWN]
    slopes = logit_slopes(losses.generator_terms, config.loss, real_logits, fake_logits)[0, SHOWN:]
    gradient = input_gradient(layers, backward(layers, done))[0, SHOWN : 2 * SHOWN]
    arrows = -SHOWN * slopes[:, None] * gradient
    numbers: Numbers = {
        "loss_d": _finite(losses.discriminator_terms(config.loss, real_logits, fake_logits).mean()),
        "loss_g": _finite(losses.generator_terms(config.loss, real_logits, fake_logits).mean()),
        "d_real": _finite(real_logits.sigmoid().mean()),
        "d_fake": _finite(fake_logits.sigmoid().mean()),
        "gradient": _finite(arrows.norm(dim=1).mean()),
    }
    return Look(logits[2 * SHOWN :], fake, grid, arrows, numbers)


@torch.no_grad()
def measure(pair: Pair) -> Measurement:
    """Compute the best reply and the distances."""
    source = pair.distribution
    made = _generate(pair, noise(pair, MEASURED_NOISE, measures.EVALUATED))
    fake = made.nan_to_num(FAR, FAR, -FAR)
    layers = discriminator_shape(pair.config).layers(pair.state.discriminator[None])
    real = pair.pool[: measures.EVALUATED]
    logits = forward(layers, torch.cat([real, fake])[None]).outputs[0, :, 0]
    best = measures.best_reply(measures.real_density(source), measures.kernel_density(fake))
    value = measures.game_value(logits[: len(real)], logits[len(real) :], best, real, fake)
    reference = _reference(pair)
    modes = measures.count_modes(source, fake[: measures.SLICED])
    projected = measures.projections(fake[: measures.SLICED])
    distance = measures.sliced_wasserstein(projected, reference.projections)
    numbers: Numbers = {
        "value": _finite(value.value),
        "best_value": _finite(value.best),
        "progress_to_best": _finite(value.progress),
        "wasserstein": _finite(distance if torch.isfinite(made).all() else math.nan),
        "js": _finite(measures.jensen_shannon(fake, real)),
        "js_floor": reference.js_floor,
        "modes": modes.found,
        "modes_of": source.modes,
        "in_modes": modes.inside,
    }
    return Measurement(best, numbers)


def net_state(seen: Look, measured: Measurement) -> NetState:
    """Return a picture as the page gets it."""
    arrows = seen.arrows[:ARROWS].nan_to_num(0, 0, 0)
    scale = max(float(arrows.abs().max()), 1e-9)
    return {
        "map": _bytes(255 * seen.map_logits.sigmoid(), np.uint8),
        "best": _bytes(255 * measured.best, np.uint8),
        "fake": encode_places(seen.fake),
        "grid": encode_places(seen.grid),
        "arrows": _bytes(127 * arrows / scale, np.int8),
        "scale": scale,
        "density": _bytes(255 * shading(seen.grid), np.uint8),
        "numbers": {**seen.numbers, **measured.numbers},
    }


def encode_places(points: Tensor) -> str:
    """Return points (N, 2) as base64 of little-endian uint16 pairs: 0 to 65535 for -1.5 to 1.5, cut to that."""
    shares = (points.nan_to_num() + EXTENT) / (2 * EXTENT)
    return _bytes(shares.clamp(0, 1) * 65535, "<u2")


def shading(grid: Tensor) -> Tensor:
    """Return the shading, 0 to 1, of the generator's cells by the inverse of their area (its pieces': length).

    Args:
        grid: (441, 2) or (101, 2), images of a regular grid of z.
    """
    if len(grid) == CURVE_POINTS:
        lengths = (grid[1:] - grid[:-1]).norm(dim=1)
        density, half = 1 / (lengths * len(lengths)).clamp_min(1e-9), DENSE_LENGTH
    else:
        corners = grid.view(GRID_SIDE, GRID_SIDE, 2)
        rising = corners[1:, 1:] - corners[:-1, :-1]
        falling = corners[1:, :-1] - corners[:-1, 1:]
        areas = (rising[..., 0] * falling[..., 1] - rising[..., 1] * falling[..., 0]).abs().view(-1) / 2
        density, half = 1 / (areas * len(areas)).clamp_min(1e-9), DENSE_AREA
    shades: Tensor = density / (density + half)
    return shades.nan_to_num()


def noise(pair: Pair, stream: int, count: int) -> Tensor:
    """Return z of a game that stay the same throughout: (count, latent size), -1 to 1."""
    return _noise(pair.config.seed, stream, count, pair.config.latent_size)


@lru_cache(maxsize=512)
def _noise(seed: int, stream: int, count: int, latent_size: int) -> Tensor:
    return torch.rand(count, latent_size, generator=make_rng(seed, stream)) * 2 - 1


@lru_cache
def grid_noise(latent_size: int) -> Tensor:
    """Return a regular grid of z: (101, 1), or (441, 2) row by row."""
    if latent_size == 1:
        return torch.linspace(-1, 1, CURVE_POINTS)[:, None]
    places = torch.linspace(-1, 1, GRID_SIDE)
    second, first = torch.meshgrid(places, places, indexing="ij")
    return torch.stack([first, second], dim=2).view(-1, 2)


@lru_cache
def _map_points() -> Tensor:
    return measures.map_points()


@dataclass(frozen=True)
class _Reference:
    """What is known of a game's real points.

    Args:
        projections: (64, 1024), of the first of them.
        js_floor: The divergence of one half of them from the other.
    """

    projections: Tensor
    js_floor: float


def _reference(pair: Pair) -> _Reference:
    return _reference_of(pair.pool)


@lru_cache(maxsize=128)
def _reference_of(pool: Tensor) -> _Reference:
    halves = torch.split(pool, measures.EVALUATED)
    return _Reference(measures.projections(pool[: measures.SLICED]), measures.jensen_shannon(halves[0], halves[1]))


def _generate(pair: Pair, z: Tensor) -> Tensor:
    """Return the points for z (N, latent size): (N, 2)."""
    layers = generator_shape(pair.config).layers(pair.state.generator[None])
    return forward(layers, z[None]).outputs[0]


def _bytes(values: Tensor, kind: type[np.generic] | str) -> str:
    whole = values.nan_to_num().round().numpy().astype(kind)
    return base64.b64encode(whole.tobytes()).decode()


def _finite(value: Tensor | float) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
