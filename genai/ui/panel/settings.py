"""The settings of a request, as they come from the controls, over HTTP or in a link."""

import math
from dataclasses import dataclass

from genai.errors import ConfigError, quoted

Value = str | int | float
MAX_NUMBER_LENGTH = 40  # characters: Python refuses to read integers of thousands of digits


@dataclass(frozen=True)
class Setting:
    """A setting of a tab.

    Args:
        name: In links, over HTTP and in error messages.
        default: Its value where none is given; the type of the default is the type of the setting. Of yes or no it
            is False, as links leave it out then.
        opening: Its value in an opening that does not name it; None means the default.
    """

    name: str
    default: Value
    opening: Value | None = None

    @property
    def title(self) -> str:
        """The name as error messages write it, such as "Top-k"; the page translates it."""
        return self.name.replace("_", "-").capitalize()

    def read(self, value: object) -> Value:
        """Check the type of a value from JSON. None is the default of a text, and refused for all else.

        Raises:
            ConfigError: if the value is of another type.
        """
        if isinstance(self.default, str):
            return self._read_text(value)
        if isinstance(self.default, bool):
            return self._read_yes_or_no(value)
        if isinstance(self.default, int):
            return self._read_int(value)
        return self._read_float(value)

    def parse(self, text: str) -> Value:
        """Read a value from the text of a link.

        Raises:
            ConfigError: if it is not of the setting's type.
        """
        if isinstance(self.default, str):
            return text
        if len(text) > MAX_NUMBER_LENGTH:
            return self.read(text[:MAX_NUMBER_LENGTH] + "…")
        try:
            return self.read(int(text) if isinstance(self.default, int) else float(text))
        except ValueError:
            return self.read(text)

    def _read_text(self, value: object) -> str:
        if value is None:
            return str(self.default)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):  # a class by its number
            return str(value)
        raise ConfigError(
            "{name} is {value}: a text is needed, in quotation marks.", name=self.title, value=_describe(value)
        )

    def _read_yes_or_no(self, value: object) -> bool:
        if isinstance(value, bool) or value in (0, 1):
            return bool(value)
        raise ConfigError(
            "{name} is {value}: 1 (yes) or 0 (no) is needed.", name=self.title, value=_describe(value)
        )

    def _read_int(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():  # 400.0, as JavaScript writes it
            return int(value)
        raise ConfigError(
            "{name} is {value}: a whole number is needed, such as {example}.",
            name=self.title,
            value=_describe(value),
            example=self.default,
        )

    def _read_float(self, value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
            return float(value)
        raise ConfigError(
            "{name} is {value}: a number is needed, such as {example}.",
            name=self.title,
            value=_describe(value),
            example=self.default,
        )


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _describe(value: object) -> str:
    return "empty" if value is None else quoted(value)
