"""What somebody asked a tab for, by its controls or by a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genai.errors import ConfigError
from genai.ui.settings import Setting, Value
from genai.ui.visit import requested_values

Ceilings = Mapping[str, int]


@dataclass(frozen=True)
class Asked:
    """A model's name, and settings whose types were checked."""

    model: str | None
    values: Mapping[str, Value]


def by_controls(
    settings: tuple[Setting, ...], ceilings: Ceilings, model: str | None, values: Sequence[object]
) -> Asked:
    """Check what the controls hold, in the order of the settings.

    Raises:
        ConfigError: if a value is of the wrong type, or above its ceiling.
    """
    checked = {s.name: s.read(v) for s, v in zip(settings, values, strict=True)}
    check_ceilings(settings, checked, ceilings)
    return Asked(model, checked)


def by_link(
    settings: tuple[Setting, ...], ceilings: Ceilings, first: str | None, query: Mapping[str, str]
) -> Asked:
    """Read what a link asks for; the first model where it names none.

    Raises:
        ConfigError: if a value is of the wrong type, or above its ceiling.
    """
    values = requested_values(query, settings)
    check_ceilings(settings, values, ceilings)
    return Asked(query.get("model", first), values)


def check_ceilings(settings: tuple[Setting, ...], values: Mapping[str, Value], ceilings: Ceilings) -> None:
    """Make sure that nobody asks for more than this page gives.

    Args:
        settings: Of the tab.
        values: Checked values of settings, by name.
        ceilings: The most of some: of a number its value, of a text its characters.

    Raises:
        ConfigError: if a value is above its ceiling.
    """
    for setting in settings:
        value, most = values.get(setting.name, setting.default), ceilings.get(setting.name)
        amount = len(value) if isinstance(value, str) else value
        if most is not None and amount > most:
            raise ConfigError(
                "{name}: {amount} is more than this public page gives, which is at most {most}. Take less, or run "
                "the lab on your own computer.",
                name=setting.title,
                amount=amount,
                most=most,
            )
