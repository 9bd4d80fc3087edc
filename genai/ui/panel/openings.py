"""A model's opening: the curated result that a tab shows before its visitor has requested one."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from genai.ui.panel.settings import Setting, Value
from genai.ui.panel.updates import ViewValue


class Openings:
    """Computes the opening of each model once; all visitors share it, read-only.

    Args:
        settings: The settings of the modality.
        compute: From a model's name and settings to what the view shows.
    """

    def __init__(
        self, settings: tuple[Setting, ...], compute: Callable[[str, Mapping[str, Value]], ViewValue]
    ) -> None:
        self._settings = settings
        self._compute = compute
        self._results: dict[str, ViewValue] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def values(self, openings: Sequence[Mapping[str, object]]) -> dict[str, Value]:
        """Return the settings of the first of a checkpoint's curated requests, defaults where it names none.

        Raises:
            ConfigError: if a value is of the wrong type.
        """
        return opening_values(self._settings, openings[0] if openings else {})

    def get(self, model: str, values: Mapping[str, Value]) -> ViewValue:
        """Return what the view shows of a model's opening; the first call computes it."""
        with self._locks[model]:
            if model not in self._results:
                self._results[model] = self._compute(model, values)
            return dict(self._results[model])


def opening_values(settings: Sequence[Setting], opening: Mapping[str, object]) -> dict[str, Value]:
    """Return the settings of one of a checkpoint's curated requests, defaults where it names none.

    Raises:
        ConfigError: if a value is of the wrong type.
    """
    values: dict[str, Value] = {}
    for setting in settings:
        default = setting.default if setting.opening is None else setting.opening
        values[setting.name] = setting.read(opening.get(setting.name, default))
    return values
