"""What the saved state of a run knows of its data, and what changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_LISTED = 8


@dataclass(frozen=True)
class DataRecord:
    """A fingerprint that tells whether data changed, and facts that tell what.

    Args:
        sha256: Of the data, as `genai.datasets.fingerprint` makes it.
        facts: By names that people understand: numbers, texts, or lists such as the names of the classes.
        old_sha256: The fingerprint that older versions noted of the same data; empty if it is the same one.
    """

    sha256: str
    facts: dict[str, int | str | list[str]]
    old_sha256: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as a saved state holds them."""
        return {"sha256": self.sha256, "facts": self.facts}

    def changes_since(self, saved: dict[str, Any]) -> str:
        """Say what is different from saved values; empty if nothing is."""
        if saved["sha256"] in {self.sha256, self.old_sha256}:
            return ""
        old: dict[str, Any] = saved["facts"]
        changes = [
            _describe(name, old.get(name), value) for name, value in self.facts.items() if old.get(name) != value
        ]
        return "; ".join(changes) or "the content"


def _describe(name: str, old: object, new: object) -> str:
    if not isinstance(old, list) or not isinstance(new, list):
        return f"{name}: {old} before, {new} now"
    added = [value for value in new if value not in old]
    gone = [value for value in old if value not in new]
    parts = [f"{kind} {_list(values)}" for kind, values in (("new are", added), ("missing are", gone)) if values]
    return f"{name}: {', '.join(parts) or 'another order'}"


def _list(values: Sequence[object]) -> str:
    shown = ", ".join(repr(value) for value in values[:MAX_LISTED])
    return f"{shown} and {len(values) - MAX_LISTED} more" if len(values) > MAX_LISTED else shown
