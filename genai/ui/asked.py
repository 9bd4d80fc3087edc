"""What somebody asked a tab for, by its controls or by a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genai.ui.settings import Setting, Value
from genai.ui.visit import requested_values


@dataclass(frozen=True)
class Asked:
    """A model's name, and settings whose types were checked."""

    model: str | None
    values: Mapping[str, Value]


def by_controls(settings: tuple[Setting, ...], model: str | None, values: Sequence[object]) -> Asked:
    """Check the types of what the controls hold, in the order of the settings.

    Raises:
        ConfigError: if a value is of the wrong type.
    """
    return Asked(model, {s.name: s.read(v) for s, v in zip(settings, values, strict=True)})


def by_link(settings: tuple[Setting, ...], first: str | None, query: Mapping[str, str]) -> Asked:
    """Read what a link asks for; the first model where it names none.

    Raises:
        ConfigError: if a value is of the wrong type.
    """
    return Asked(query.get("model", first), requested_values(query, settings))
