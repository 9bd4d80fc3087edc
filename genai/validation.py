"""Numbers from outside, and the ranges they must be in."""

from genai.errors import ConfigError, quoted


def range_error(name: str, value: object, low: float, high: float, *, whole: bool = False) -> ConfigError:
    """The sentence that a value is not in its range.

    Args:
        name: Of the setting, as the page translates it.
        value: What was given.
        low: Least that is allowed.
        high: Most that is allowed.
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
    """Make sure that a value is a number in its range; True and False are none.

    Raises:
        ConfigError: if it is not, or is no number.
    """
    kinds = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:  # NaN fails too
        raise range_error(name, value, low, high, whole=whole)


def check_list_length(name: str, items: object, low: int, high: int) -> None:
    """Make sure that something from outside is a list of a number of items in its range.

    Raises:
        ConfigError: if it is not, or is no list.
    """
    if not isinstance(items, list | tuple):
        raise range_error(name, items, low, high, whole=True)
    check_range(name, len(items), low, high, whole=True)
