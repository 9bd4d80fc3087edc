"""The folder of a training run: its settings, its numbers, its samples."""

import json
from pathlib import Path
from typing import Any

from genai.atomic_write import atomic_write
from genai.errors import ConfigError

# May change when a run goes on.
BUDGET = {"steps", "minutes", "finishing_steps", "save_minutes", "device", "threads"}


class Journal:
    """Writes down what a run did.

    Args:
        folder: Made if it is not there.
        settings: Those of the run; plain JSON values.
        writes: Whether this process is the one that writes; the others of a run only read.

    Raises:
        ConfigError: if the folder belongs to a run with other settings.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], *, writes: bool = True) -> None:
        self.folder, self.writes = folder, writes
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "config.json"
        if earlier := recorded_settings(folder):
            _compare(folder, earlier, settings)
        if writes:
            with atomic_write(path) as temporary:
                temporary.write_text(json.dumps(settings, indent=1))

    @property
    def metrics(self) -> Path:
        """File with one JSON object a line: step, minutes, and named numbers."""
        return self.folder / "metrics.jsonl"

    def log(self, **numbers: float) -> None:
        """Add a line of named numbers."""
        if not self.writes:
            return
        with self.metrics.open("a") as file:
            file.write(json.dumps(numbers) + "\n")

    def last(self) -> dict[str, float]:
        """Return the newest value of every number that was logged."""
        newest: dict[str, float] = {}
        if self.metrics.exists():
            for line in self.metrics.read_text().splitlines():
                newest |= json.loads(line)
        return newest

    def forget_after(self, step: int) -> None:
        """Drop lines that a killed run wrote after its last saved state: they will be written again."""
        if self.writes and self.metrics.exists():
            lines = self.metrics.read_text().splitlines(keepends=True)
            self.metrics.write_text("".join(line for line in lines if _step(line) <= step))

    def sample_path(self, step: int, suffix: str) -> Path:
        """Name the sample file of a step, counted from 1."""
        path = self.folder / "samples" / f"step-{step:06d}{suffix}"
        path.parent.mkdir(exist_ok=True)
        return path


def recorded_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of the run that was begun in a folder; empty if there is none."""
    path = folder / "config.json"
    settings: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return settings


def _compare(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> None:
    changed = [name for name in new if name not in BUDGET and new[name] != old.get(name)]
    if changed:
        raise ConfigError(
            "The run in {folder} was begun with other settings ({changed}): repeat them to go on, "
            "give another --folder, or delete that one to begin anew.",
            folder=folder,
            changed=", ".join(f"{name} was {old.get(name)}, now {new[name]}" for name in changed),
        )


def _step(line: str) -> float:
    """Return a line's step; a line cut short by a kill counts as later than all."""
    try:
        return float(json.loads(line)["step"])
    except ValueError:
        return float("inf")
