"""The numbers of a game over its steps, thinned to a bounded number of points."""

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 300
"""Points of a curve."""

Curve = dict[str, list[Any]]


class Curves:
    """The curves of the network pairs of a game, from the states that were shown."""

    def __init__(self) -> None:
        self._curves: list[Curve] = []

    def add(self, state: Mapping[str, Any]) -> None:
        """Append the numbers of a state; what came at this step or later is forgotten."""
        networks: Sequence[Mapping[str, Any]] = state["networks"]
        if len(networks) != len(self._curves):
            self._curves = [{"step": []} for _ in networks]
        for curve, network in zip(self._curves, networks, strict=True):
            _append(curve, state["step"], network["numbers"])

    def as_json(self) -> Curve | list[Curve]:
        """Return the curves of the one pair, or a list of those of twins."""
        copies = [{name: list(values) for name, values in curve.items()} for curve in self._curves]
        return copies[0] if len(copies) == 1 else copies


def _append(curve: Curve, step: int, numbers: Mapping[str, float | None]) -> None:
    steps = curve["step"]
    length = next((place for place, earlier in enumerate(steps) if earlier >= step), len(steps))
    for values in curve.values():
        del values[length:]
    for name, value in {"step": step, **numbers}.items():
        curve.setdefault(name, []).append(value)
    if len(steps) > MOST:
        for name, values in curve.items():
            curve[name] = [*values[:-1:2], values[-1]]
