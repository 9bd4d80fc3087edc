"""The result that each model shows before anybody asked for one."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from genai.ui.panel.settings import Setting, Value

Shown = dict[str, Any]


class Openings:
    """Computes each model's opening once and shares it, read-only, with all visitors.

    Args:
        settings: The settings of the modality.
        compute: From a model's name and settings to what the view shows.
    """

    def __init__(self, settings: tuple[Setting, ...], compute: Callable[[str, Mapping[str, Value]], Shown]) -> None:
        self._settings = settings
        self._compute = compute
        self._shown: dict[str, Shown] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def values(self, openings: list[dict[str, Any]]) -> dict[str, Value]:
        """The settings of the first of a checkpoint's curated requests, defaults where it is silent.

        Raises:
            ConfigError: if a value is of the wrong type.
        """
        chosen = openings[0] if openings else {}
        return {s.name: s.read(chosen.get(s.name, s.default)) for s in self._settings}

    def get(self, name: str, values: Mapping[str, Value]) -> Shown:
        """What to show, computed at the first call."""
        with self._locks[name]:
            if name not in self._shown:
                self._shown[name] = self._compute(name, values)
            return dict(self._shown[name])
