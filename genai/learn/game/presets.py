"""Games that fail, each with the one setting that cures it; a test plays both and compares their figures."""

import math
from dataclasses import dataclass, replace
from typing import Any

from genai.learn.game.config import GameConfig, decode_points, encode_points


@dataclass(frozen=True)
class Preset:
    """A game that fails, and the same with one setting changed.

    Args:
        name: What happens; the words for it are the page's.
        config: The game that fails.
        setting: The name of the setting that cures it.
        value: Its value in the cure.
    """

    name: str
    config: GameConfig
    setting: str
    value: Any

    @property
    def cured(self) -> GameConfig:
        """The game that goes well."""
        return replace(self.config, **{self.setting: self.value})

    @property
    def game(self) -> str:
        """The game that fails, as in addresses."""
        return str(self.config)

    @property
    def cure(self) -> str:
        """The game that goes well, as in addresses."""
        return str(self.cured)


BLOBS = GameConfig(data="blobs", width=16, batch_size=64, penalty=0.0)

FAR_POINTS = decode_points(
    encode_points(
        [
            (1.25 + 0.1 * math.cos(math.tau * share / 20), 1.25 + 0.1 * math.sin(math.tau * share / 20))
            for share in range(20)
        ]
    )
)
"""A small circle in the corner of the plane."""

PRESETS = (
    # Without a penalty nothing slows the players down: the generator chases the discriminator round the blobs.
    Preset(
        "circles",
        replace(
            BLOBS,
            loss="zero-sum",
            optimiser="sgd",
            generator_rate=0.1,
            discriminator_rate=0.5,
            discriminator_steps=5,
        ),
        "penalty",
        0.1,
    ),
    # A discriminator that is steep has nothing to say of blobs far from the generated points: some are given up.
    Preset(
        "collapse",
        replace(BLOBS, loss="non-saturating", generator_rate=0.02, discriminator_rate=0.02, discriminator_steps=5),
        "penalty",
        0.1,
    ),
    # The real points are far away and the discriminator is quick to be sure: there the zero-sum loss is flat,
    # and the generator gets no gradient to come nearer by.
    Preset(
        "frozen",
        replace(
            BLOBS,
            data="drawn",
            points=FAR_POINTS,
            loss="zero-sum",
            optimiser="sgd",
            generator_rate=0.002,
            discriminator_rate=0.2,
            discriminator_steps=20,
        ),
        "loss",
        "non-saturating",
    ),
    # A critic that may be as steep as it likes grows without bound, and the weights beyond all numbers.
    Preset(
        "explodes",
        replace(
            BLOBS,
            data="ring",
            loss="wasserstein",
            optimiser="sgd",
            generator_rate=0.1,
            discriminator_rate=0.1,
        ),
        "penalty",
        1.0,
    ),
)
