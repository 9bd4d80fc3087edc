"""The settings of a game, and the text that stands for them in addresses."""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from genai.errors import ConfigError, quoted
from genai.seeds import check_seed
from genai.validation import check_range

Data = Literal["ring", "moons", "spiral", "blobs", "person", "drawn"]
GameLoss = Literal["zero-sum", "non-saturating", "hinge", "wasserstein", "relativistic"]
Optimiser = Literal["adam", "sgd"]
Order = Literal["alternating", "simultaneous"]

EXTENT = 1.5
"""The plane reaches from -1.5 to 1.5 in both directions."""
MIN_POINTS, MAX_POINTS = 20, 500
MAX_DISCRIMINATOR_STEPS = 20
MAX_PENALTY = 100.0
SIZES: Mapping[str, tuple[int, ...]] = {
    "latent_size": (1, 2),
    "width": (8, 16, 32, 64),
    "batch_size": (32, 64, 128, 256),
}
RATES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
WORDS: Mapping[str, tuple[str, ...]] = {
    "data": get_args(Data),
    "loss": get_args(GameLoss),
    "optimiser": get_args(Optimiser),
    "order": get_args(Order),
}
NAMES = (
    "data", "loss", "latent_size", "width", "batch_size", "generator_rate", "discriminator_rate",
    "discriminator_steps", "penalty", "optimiser", "seed", "points", "order",
)  # fmt: skip
"""The settings in the order of an address; the last two are left out where they have their defaults."""
LABELS: Mapping[str, str] = {
    "data": "Data",
    "loss": "Loss",
    "latent_size": "Size of z",
    "width": "Width",
    "batch_size": "Batch size",
    "generator_rate": "Learning rate of G",
    "discriminator_rate": "Learning rate of D",
    "discriminator_steps": "D steps in a round",
    "penalty": "Penalty",
    "optimiser": "Optimiser",
    "order": "Order of the updates",
    "seed": "Seed",
    "point": "Coordinate of a point",
}
"""What errors call the settings."""
WHOLE = ("latent_size", "width", "batch_size", "discriminator_steps", "seed")
MAX_TEXT = 2000
"""Characters of an address; 500 points take 1,334."""


@dataclass(frozen=True)
class GameConfig:
    """Settings of a game."""

    data: Data = "ring"
    """Where the real points lie; drawn: where the visitor drew them."""
    loss: GameLoss = "non-saturating"
    """zero-sum: the generator maximises the discriminator's logistic loss; non-saturating: Goodfellow's remedy."""
    latent_size: int = 2
    """Numbers in a z, each uniform from -1 to 1."""
    width: int = 16
    """Units in each of the two hidden layers of both networks."""
    batch_size: int = 64
    """Real points in a step, and as many generated ones."""
    generator_rate: float = 0.01
    discriminator_rate: float = 0.01
    discriminator_steps: int = 1
    """Discriminator steps in a round, before one generator step."""
    penalty: float = 0.02
    """Weight gamma of R1 + R2; with the Wasserstein loss lambda of the gradient penalty; 0 for none."""
    optimiser: Optimiser = "adam"
    seed: int = 0
    points: tuple[tuple[float, float], ...] = ()
    """Drawn points (x, y), for the data "drawn" only."""
    order: Order = "alternating"
    """simultaneous: in a round the generator learns from the discriminator as it was before the round, as in
    simultaneous gradient descent (Mescheder et al. 2018); alternating: from the new one."""

    def __post_init__(self) -> None:
        for name, allowed in WORDS.items():
            _check_choice(name, getattr(self, name), allowed)
        for name, sizes in SIZES.items():
            check_range(LABELS[name], getattr(self, name), sizes[0], sizes[-1], whole=True)
            _check_choice(name, getattr(self, name), sizes)
        for name in ("generator_rate", "discriminator_rate"):
            check_range(LABELS[name], getattr(self, name), RATES[0], RATES[-1])
            if not any(math.isclose(getattr(self, name), rate) for rate in RATES):
                raise _choice_error(name, getattr(self, name), [format_number(rate) for rate in RATES])
        check_range(LABELS["discriminator_steps"], self.discriminator_steps, 1, MAX_DISCRIMINATOR_STEPS, whole=True)
        check_range(LABELS["penalty"], self.penalty, 0, MAX_PENALTY)
        check_seed(self.seed)
        self._check_points()

    def _check_points(self) -> None:
        if self.data != "drawn":
            if self.points:
                raise ConfigError(
                    'Drawn points belong to the data "drawn", not to {value}: choose "drawn", or leave them out.',
                    value=quoted(self.data),
                )
            return
        if not MIN_POINTS <= len(self.points) <= MAX_POINTS:
            raise ConfigError(
                "{count} points are drawn, and {low} to {high} can be learnt: draw more, or fewer.",
                count=len(self.points),
                low=MIN_POINTS,
                high=MAX_POINTS,
            )
        for coordinate in (coordinate for point in self.points for coordinate in point):
            check_range(LABELS["point"], coordinate, -EXTENT, EXTENT)

    @classmethod
    def parse(cls, text: object) -> "GameConfig":
        """Read the form that `str` gives; settings left out at the end have their defaults.

        Raises:
            ConfigError: if a value is none of those allowed; the sentence names it.
        """
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise ConfigError(
                "A game is a text of at most {most} characters, such as {example}: copy the whole address again.",
                most=MAX_TEXT,
                example=str(cls()),
            )
        words = text.split(",") if text else []
        if len(words) > len(NAMES):
            raise ConfigError(
                "The game {value} has {count} settings, and there are {most}: copy the whole address again.",
                value=quoted(text),
                count=len(words),
                most=len(NAMES),
            )
        settings: dict[str, Any] = {name: _read(name, word) for name, word in zip(NAMES, words, strict=False)}
        return cls(**settings)

    def __str__(self) -> str:
        words = [_write(getattr(self, name)) for name in NAMES[:-2]]
        if self.points or self.order != "alternating":
            words.append(encode_points(self.points))
        if self.order != "alternating":
            words.append(self.order)
        return ",".join(words)


def begins_anew(old: GameConfig, new: GameConfig) -> bool:
    """Return whether a change of settings needs new networks or new data; else the game goes on with them."""
    kept = {"generator_rate", "discriminator_rate", "penalty", "discriminator_steps", "loss", "order"}
    return any(
        getattr(old, field.name) != getattr(new, field.name) for field in fields(old) if field.name not in kept
    )


def encode_points(points: Sequence[tuple[float, float]]) -> str:
    """Return points as URL-safe base64 without padding, a byte for each coordinate: 0 to 255 for -1.5 to 1.5."""
    values = [round((value + EXTENT) / (2 * EXTENT) * 255) for point in points for value in point]
    return base64.urlsafe_b64encode(bytes(values)).decode().rstrip("=")


def decode_points(text: str) -> tuple[tuple[float, float], ...]:
    """Read what `encode_points` wrote.

    Raises:
        ConfigError: if it is something else.
    """
    try:
        values = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        values = b""
    if len(values) % 2 or (text and not values):
        raise ConfigError(
            "The drawn points {value} cannot be read: copy the whole address again, or draw them anew.",
            value=quoted(text),
        )
    places = [value / 255 * 2 * EXTENT - EXTENT for value in values]
    return tuple(zip(places[::2], places[1::2], strict=True))


def format_number(value: float) -> str:
    """Return a number without exponent, and without zeros at its end."""
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text or "0"


def _write(value: object) -> str:
    return format_number(value) if isinstance(value, float) else str(value)


def _read(name: str, word: str) -> object:
    if name == "points":
        return decode_points(word)
    if name in WORDS:
        return word
    try:
        return int(word) if name in WHOLE else float(word)
    except ValueError:
        kind = "a whole number" if name in WHOLE else "a number"
        raise ConfigError(
            "{name} {value} cannot be used: it must be {kind}.", name=LABELS[name], value=quoted(word), kind=kind
        ) from None


def _check_choice(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise _choice_error(name, value, allowed)


def _choice_error(name: str, value: object, allowed: Sequence[object]) -> ConfigError:
    return ConfigError(
        "{name} {value} cannot be used: choose one of {allowed}.",
        name=LABELS[name],
        value=quoted(value),
        allowed=", ".join(map(str, allowed)),
    )
