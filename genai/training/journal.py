"""The folder of a training run: its settings, its metrics, its samples."""

import json
from pathlib import Path
from typing import Any

from genai.atomic_write import atomic_write
from genai.datasets.names import printable
from genai.errors import ConfigError, DataError

BUDGET = {"steps", "minutes", "finishing_steps", "save_minutes", "device", "threads"}
"""Settings that may change when a run is resumed."""


class Journal:
    """Records what a run did.

    Args:
        folder: Of the run; it is made if it does not exist.
        settings: Of the run; plain JSON values.
        writes: Whether this process writes the files; of several processes of a run, one does.

    Raises:
        ConfigError: if the folder belongs to a run with other settings.
        DataError: if the folder cannot be made.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], *, writes: bool = True) -> None:
        self.folder = folder
        self.writes = writes
        _make(folder)
        _check_settings(folder, settings)
        if writes:
            with atomic_write(folder / "config.json") as temporary:
                temporary.write_text(json.dumps(settings, indent=1))

    @property
    def metrics(self) -> Path:
        """The file of metrics, one JSON object a line: step, minutes, and named numbers."""
        return self.folder / "metrics.jsonl"

    def log(self, **numbers: float) -> None:
        """Add a line of named numbers."""
        if not self.writes:
            return
        with self.metrics.open("a") as file:
            file.write(json.dumps(numbers) + "\n")

    def last(self) -> dict[str, float]:
        """Return the newest value of each number that was logged."""
        newest: dict[str, float] = {}
        if self.metrics.exists():
            for line in self.metrics.read_text().splitlines():
                newest |= json.loads(line)
        return newest

    def drop_after(self, step: int) -> None:
        """Drop the lines that a killed run logged after its last saved state: they will be logged again."""
        if self.writes and self.metrics.exists():
            lines = self.metrics.read_text().splitlines(keepends=True)
            self.metrics.write_text("".join(line for line in lines if _step(line) <= step))

    def sample_path(self, step: int, suffix: str) -> Path:
        """Return the file for a sample after a number of steps; makes its folder.

        Args:
            step: Counted from 1.
            suffix: Of the file's name, with its dot.
        """
        path = self.folder / "samples" / f"step-{step:06d}{suffix}"
        path.parent.mkdir(exist_ok=True)
        return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            "The folder {folder} cannot be made ({reason}): name another one with --folder.",
            folder=printable(str(folder)),
            reason=error.strerror or str(error),
        ) from error


def recorded_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of the run in a folder; empty if there is none."""
    path = folder / "config.json"
    settings: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return settings


def _check_settings(folder: Path, new: dict[str, Any]) -> None:
    """Raise a ConfigError if the run in a folder has other settings than new ones."""
    old = recorded_settings(folder)
    if not old:
        return
    changed = [name for name in new if name not in BUDGET and new[name] != old.get(name)]
    if changed:
        raise ConfigError(
            "The run in {folder} was begun with other settings ({changed}): repeat them to go on, "
            "give another --folder, or delete that one to begin anew.",
            folder=folder,
            changed=", ".join(f"{name} was {old.get(name)}, now {new[name]}" for name in changed),
        )


def _step(line: str) -> float:
    """Return the step of a line; infinity for a line that a kill cut short."""
    try:
        return float(json.loads(line)["step"])
    except ValueError:
        return float("inf")
