"""Checks that numbers from requests and settings are in their ranges."""

from genai.errors import ConfigError, quoted


def range_error(name: str, value: object, low: float, high: float, *, whole: bool = False) -> ConfigError:
    """Return the error that a value is not in its range.

    Args:
        name: Of the setting, as the page translates it.
        value: Of any type.
        low: Smallest allowed value.
        high: Largest allowed value.
        whole: Whether only whole numbers are allowed.
    """
    return ConfigError(
        "{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
        name=name,
        value=quoted(value),
        kind="a whole number" if whole else "a number",
        low=low,
        high=high,
    )


def check_range(name: str, value: object, low: float, high: float, *, whole: bool = False) -> None:
    """Check that a value is a number in its range; NaN, True and False are not.

    The arguments are those of `range_error`.

    Raises:
        ConfigError: if it is not.
    """
    allowed = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, allowed) or not low <= value <= high:
        raise range_error(name, value, low, high, whole=whole)


def check_list_length(name: str, items: object, low: int, high: int) -> None:
    """Check that a value is a list whose length is in a range.

    Raises:
        ConfigError: if it is not.
    """
    if not isinstance(items, list | tuple):
        raise range_error(name, items, low, high, whole=True)
    check_range(name, len(items), low, high, whole=True)
