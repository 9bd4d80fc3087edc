"""A generator and a discriminator that play against each other, with all that their next step depends on."""

from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from genai.learn.game.config import EXTENT, GameConfig
from genai.learn.game.distributions import Distribution, distribution
from genai.learn.game.networks import Shape
from genai.seeds import make_rng

POOL = 8192
"""Real points of a game, its training data."""
WEIGHTS, DATA = 1, 2
"""Streams of random numbers of a game, besides those of `rounds.py`."""
START_SPREAD = 0.5
"""Factor on the generator's last layer, so that its points begin in the middle of the plane."""


@dataclass(frozen=True)
class State:
    """The networks at one moment. Nothing changes a state: a step makes another one.

    Args:
        generator: (P,), its weights and biases.
        generator_squares: (P,), Adam's mean of their squared gradients.
        generator_updates: How often they were updated.
        discriminator: (Q,).
        discriminator_squares: (Q,).
        discriminator_updates: The same.
        step: Rounds so far; a step of one player alone counts as one too.
    """

    generator: Tensor
    generator_squares: Tensor
    generator_updates: int
    discriminator: Tensor
    discriminator_squares: Tensor
    discriminator_updates: int
    step: int

    @property
    def size(self) -> int:
        """Bytes."""
        return 8 * (len(self.generator) + len(self.discriminator))

    @property
    def is_finite(self) -> bool:
        """Whether all weights are numbers; after an explosion they are not."""
        return bool(torch.isfinite(self.generator).all() and torch.isfinite(self.discriminator).all())

    def detached(self) -> "State":
        """Return a copy that shares no memory with other games'."""
        return replace(
            self,
            generator=self.generator.clone(),
            generator_squares=self.generator_squares.clone(),
            discriminator=self.discriminator.clone(),
            discriminator_squares=self.discriminator_squares.clone(),
        )


@dataclass
class Pair:
    """A game of one setting.

    Args:
        config: Its settings.
        pool: (8192, 2), the real points that it learns from.
        state: Its networks now.
    """

    config: GameConfig
    pool: Tensor
    state: State

    @property
    def distribution(self) -> Distribution:
        """Where the real points come from."""
        return distribution(self.config.data, self.config.points)


def make_pair(config: GameConfig) -> Pair:
    """Return a game before its first step; one seed gives the same weights whatever the rates and losses are."""
    rng = make_rng(config.seed, WEIGHTS)
    shape = generator_shape(config)
    generator = shape.initial(rng)
    shape.layers(generator[None]).weight3.mul_(START_SPREAD)
    discriminator = discriminator_shape(config).initial(rng)
    squares = torch.zeros_like
    state = State(generator, squares(generator), 0, discriminator, squares(discriminator), 0, 0)
    return Pair(config, real_points(config), state)


def generator_shape(config: GameConfig) -> Shape:
    """From z to a point."""
    return Shape(config.latent_size, config.width, 2)


def discriminator_shape(config: GameConfig) -> Shape:
    """From a point to a logit."""
    return Shape(2, config.width, 1)


def real_points(config: GameConfig) -> Tensor:
    """Return the real points of a game: (8192, 2), cut to the plane."""
    return _real_points(distribution(config.data, config.points), config.seed)


@lru_cache(maxsize=256)
def _real_points(source: Distribution, seed: int) -> Tensor:
    return source.sample(POOL, make_rng(seed, DATA)).clamp(-EXTENT, EXTENT)
