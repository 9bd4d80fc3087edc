"""The settings of a request as they come from outside: typed in, called over HTTP or written in a link."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from genai.errors import ConfigError, quoted

Value = str | int | float
LONGEST_NUMBER = 40  # characters; Python refuses to read integers of thousands of digits


@dataclass(frozen=True)
class Setting:
    """One setting: its name everywhere and its default, whose type is the setting's type."""

    name: str
    default: Value

    @property
    def title(self) -> str:
        """The name as a sentence has it: "Top-k"; the page translates it."""
        return self.name.replace("_", "-").capitalize()

    def read(self, value: object) -> Value:
        """Check the type of a value that JSON carried; None means the default, except for a number left empty.

        Raises:
            ConfigError: if the value is of another type.
        """
        if isinstance(self.default, str):
            return self._text(value)
        if isinstance(self.default, int):
            return self._whole(value)
        return self._real(value)

    def parse(self, written: str) -> Value:
        """Read a value from the text of a link.

        Raises:
            ConfigError: if it is not of the setting's type.
        """
        if isinstance(self.default, str):
            return written
        if len(written) > LONGEST_NUMBER:
            return self.read(written[:LONGEST_NUMBER] + "…")
        try:
            return self.read(int(written) if isinstance(self.default, int) else float(written))
        except ValueError:
            return self.read(written)

    def _text(self, value: object) -> str:
        if value is None:
            return str(self.default)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):  # a class by its number
            return str(value)
        raise ConfigError(
            "{name} is {value}: a text is needed, in quotation marks.", name=self.title, value=_shown(value)
        )

    def _whole(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():  # 400.0, as JavaScript writes it
            return int(value)
        raise ConfigError(
            "{name} is {value}: a whole number is needed, such as {example}.",
            name=self.title,
            value=_shown(value),
            example=self.default,
        )

    def _real(self, value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and _finite(value):
            return float(value)
        raise ConfigError(
            "{name} is {value}: a number is needed, such as {example}.",
            name=self.title,
            value=_shown(value),
            example=self.default,
        )


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _shown(value: object) -> str:
    return "empty" if value is None else quoted(value)


def link(tab: str, model: str, values: Mapping[str, object]) -> str:
    """The query string that reproduces a result, readable by hand; the page adds its language.

    Every setting is written out, defaults too: a default may change one day, a link's result must not.
    """
    return "?" + urlencode({"tab": tab, "model": model, **{name: _written(v) for name, v in values.items()}})


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
