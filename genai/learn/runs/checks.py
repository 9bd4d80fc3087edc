"""Checks of what a browser sends to a training, and the error of a disk that refuses its files."""

from genai.errors import ConfigError, DataError, quoted

FEWEST_MINUTES, MOST_MINUTES = 0.5, 30.0


def check_minutes(minutes: object) -> float:
    """Return a number of minutes that a browser sent.

    Raises:
        ConfigError: if it is out of its range.
    """
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    if not is_number or not FEWEST_MINUTES <= minutes <= MOST_MINUTES:  # type: ignore[operator]  # it is a number
        raise ConfigError(
            "A training can take from {low} to {high} minutes, and not {value}.",
            low=f"{FEWEST_MINUTES:g}",
            high=f"{MOST_MINUTES:g}",
            value=quoted(minutes),
        )
    return float(minutes)  # type: ignore[arg-type]  # it is a number


def check_steps(steps: object) -> int:
    """Return a number of steps that a browser sent.

    Raises:
        ConfigError: if it is not 1, 10 or 100.
    """
    for known in (1, 10, 100):
        if type(steps) is int and steps == known:
            return known
    raise ConfigError("{value} steps are not possible: it must be 1, 10 or 100.", value=quoted(steps))


def disk_error(error: Exception) -> DataError:
    """Return the error that files cannot be written."""
    return DataError(
        "The files of the training cannot be written: {reason}.",
        reason=getattr(error, "strerror", "") or "disk error",
    )
