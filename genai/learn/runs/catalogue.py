"""The settings of a training that a visitor can choose, and which of them may change while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genai.checkpoint.header import Header
from genai.errors import ConfigError, quoted
from genai.language.strings import both
from genai.learn.runs.spec import CONFIGS, RunSpec

Value = float | int | str


@dataclass(frozen=True)
class Choosable:
    """A setting.

    Args:
        name: Of the field of the training's config.
        title: Key of its name on the page.
        low: Least value.
        high: Largest value.
        choices: The only values possible, where there are few.
        why: Key of the reason why it cannot change while the training runs; "" where it can.
    """

    name: str
    title: str
    low: float = 0.0
    high: float = 1.0
    choices: tuple[Value, ...] = ()
    why: str = ""

    def read(self, value: object) -> Value:
        """Return a value that a browser sent.

        Raises:
            ConfigError: if it is of the wrong type or out of range.
        """
        if self.choices:
            for choice in self.choices:
                if type(value) in (int, float, str) and value == choice:
                    return choice
            raise ConfigError(
                "{name} {value} is not possible: it must be one of {known}.",
                name=self.name,
                value=quoted(value),
                known=", ".join(map(str, self.choices)),
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise ConfigError(
                "{name} {value} is not possible: it must be a number from {low} to {high}.",
                name=self.name,
                value=quoted(value),
                low=f"{self.low:g}",
                high=f"{self.high:g}",
            )
        return float(value)


RATE = Choosable("learning_rate", "learn.run.learning_rate", 1e-6, 0.1)
TEXT = (
    RATE,
    Choosable("layer_dropout", "learn.run.layer_dropout", 0.0, 0.9),
    Choosable("output_dropout", "learn.run.output_dropout", 0.0, 0.9),
    Choosable("weight_drop", "learn.run.weight_drop", 0.0, 0.9),
    Choosable("clip", "learn.run.clip", 0.01, 10.0),
    Choosable("batch_size", "learn.run.batch_size", choices=(4, 8, 16, 32, 64), why="learn.run.why.streams"),
    Choosable("window", "learn.run.window", choices=(16, 32, 64, 128), why="learn.run.why.window"),
    Choosable("hidden_size", "learn.run.hidden_size", choices=(64, 128, 256, 512), why="learn.run.why.shape"),
    Choosable("layers", "learn.run.layers", choices=(1, 2, 3), why="learn.run.why.shape"),
)
PENALTIES = (
    RATE,
    Choosable("r1", "learn.run.r1", 0.0, 100.0),
    Choosable("r2", "learn.run.r2", 0.0, 100.0),
    Choosable("discriminator_steps", "learn.run.discriminator_steps", choices=(1, 2, 3, 5)),
    Choosable("augment", "learn.run.augment", 0.0, 1.0),
)
FROZEN = Choosable("freeze_layers", "learn.run.freeze_layers", choices=(0, 1, 2, 3, 4), why="learn.run.why.frozen")
LOSS = Choosable(
    "loss",
    "learn.run.loss",
    choices=("relativistic", "logistic", "hinge", "wasserstein"),
    why="learn.run.why.loss",
)
BATCH = Choosable("batch_size", "learn.run.batch_size", choices=(8, 16, 32, 64), why="learn.run.why.batch")
FILTERS = Choosable(
    "generator_filters", "learn.run.generator_filters", choices=(8, 16, 32, 64), why="learn.run.why.shape"
)
SIZE = Choosable("size", "learn.run.size", choices=(32, 64), why="learn.run.why.shape")
OF_A_MODEL = {"hidden_size", "layers", "generator_filters", "size"}
"""Settings of the networks' shape, which a training takes from the model that it starts from."""


def offered(modality: str, start: Header | None) -> list[Choosable]:
    """Return the settings of a modality that can be chosen.

    Args:
        modality: text, image or audio.
        start: Header of the model that the training starts from; None is from scratch.
    """
    kinds = {
        "text": TEXT,
        "image": (*PENALTIES, FROZEN, LOSS, BATCH, FILTERS, SIZE),
        "audio": (*PENALTIES, FROZEN, LOSS, BATCH, FILTERS),
    }
    without = {"freeze_layers"} if start is None else OF_A_MODEL
    return [one for one in kinds[modality] if one.name not in without]


def describe(spec: RunSpec, start: Header | None) -> list[dict[str, Any]]:
    """Return the settings as the page shows them, with their values.

    Args:
        spec: With the values that were chosen.
        start: As of `offered`.
    """
    values = {**spec.defaults(start), **spec.settings}
    return [
        {
            "name": one.name,
            "title": both(one.title),
            "low": one.low,
            "high": one.high,
            "choices": list(one.choices) or None,
            "value": values.get(one.name, _standard(spec.modality, one.name)),
            "live": not one.why,
            "why": both(one.why) if one.why else None,
        }
        for one in offered(spec.modality, start)
    ]


def read(modality: str, start: Header | None, settings: object, *, live: bool = False) -> dict[str, Value]:
    """Return settings that a browser sent.

    Args:
        modality: text, image or audio.
        start: As of `offered`.
        settings: Values by name; None is none.
        live: Whether they are for a training that runs.

    Raises:
        ConfigError: if one is unknown, out of range or, while it runs, cannot change; it says which.
    """
    if settings is None:
        return {}
    if not isinstance(settings, Mapping):
        raise ConfigError("The settings must be values by name.")
    known = {one.name: one for one in offered(modality, start)}
    values = {}
    for name, value in settings.items():
        one = known.get(name)
        if one is None:
            raise ConfigError(
                "There is no setting {name} here. There are: {known}.",
                name=quoted(name),
                known=", ".join(known),
            )
        if live and one.why:
            raise ConfigError(
                "{name} cannot change while the training runs. {reason}", name=name, reason=both(one.why)
            )
        values[str(name)] = one.read(value)
    return values


def _standard(modality: str, name: str) -> object:
    return CONFIGS[modality].__dataclass_fields__[name].default
