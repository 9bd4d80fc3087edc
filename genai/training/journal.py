"""The folder of a training run: its settings, its metrics, its samples."""

import errno
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from genai.atomic_write import atomic_write
from genai.datasets.names import printable
from genai.errors import ConfigError, DataError
from genai.training.saved_file import SavedFile

BUDGET = {"steps", "minutes", "finishing_steps", "save_minutes", "device", "threads"}
RECORD = {"log_every", "first_sample", "sample_minutes", "keep_models"}
MAY_CHANGE = BUDGET | RECORD
"""Settings that may change when a run is resumed."""
FILE_NAME = re.compile(r"step-(\d{6,})")
"""Of a sample or a model, without its suffix: the steps that were done."""


class Journal:
    """Records what a run did.

    Args:
        folder: Of the run; it is made if it does not exist.
        settings: Of the run; plain JSON values.
        defaults: Of settings that an older version of the program did not have: a run that it began goes on with
            them.
        writes: Whether this process writes the files; of several processes of a run, one does.

    Raises:
        ConfigError: if the folder belongs to a run with other settings.
        DataError: if the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        settings: dict[str, Any],
        *,
        defaults: Mapping[str, Any] = MappingProxyType({}),
        writes: bool = True,
    ) -> None:
        self.folder = folder
        self.writes = writes
        self._unwritten: list[str] = []
        _make(folder)
        config = _config_file(folder)
        old = config.read()
        if old:
            _check_settings(folder, {**defaults, **old}, settings)
        if writes:
            self.report_fallback(config)
            content = json.dumps(settings, indent=1).encode()
            config.write(content)
            if not config.previous.exists():
                config.write(content)  # also the first time there are two

    @property
    def metrics(self) -> Path:
        """The file of metrics, one JSON object a line: step, minutes, and named numbers."""
        return self.folder / "metrics.jsonl"

    def log(self, **numbers: float) -> None:
        """Add a line of named numbers; on a full disk, the lines wait in memory for the next call."""
        if not self.writes:
            return
        self._unwritten.append(json.dumps(numbers) + "\n")
        try:
            _append(self.metrics, "".join(self._unwritten))
        except OSError as error:
            if len(self._unwritten) == 1:
                self.warn(
                    f"{self.metrics} cannot be written ({error.strerror}). The training goes on, and its numbers "
                    "are written when there is room again."
                )
        else:
            self._unwritten.clear()

    def lines(self) -> list[str]:
        """Return the lines that were logged, each a JSON object."""
        written = self.metrics.read_text("utf-8", "replace") if self.metrics.exists() else ""
        return [*written.splitlines(), *self._unwritten]

    def last(self) -> dict[str, float]:
        """Return the newest value of each number that was logged."""
        newest: dict[str, float] = {}
        for line in self.lines():
            newest |= json.loads(line)
        return newest

    def drop_after(self, step: int) -> None:
        """Drop the lines that a killed run logged after its last saved state: they will be logged again."""
        if self.writes and self.metrics.exists():
            lines = [line for line in self.lines() if _step(line) <= step]
            with atomic_write(self.metrics) as temporary:
                temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    @property
    def _changes_file(self) -> Path:
        return self.folder / "changes.jsonl"

    def changes(self) -> list[dict[str, Any]]:
        """Return which settings were changed while the run ran: after which step, and the new values by name."""
        written = self._changes_file.read_text("utf-8", "replace") if self._changes_file.exists() else ""
        return [json.loads(line) for line in written.splitlines() if _step(line) < float("inf")]

    def record_change(self, step: int, settings: dict[str, Any]) -> None:
        """Note that settings have other values from here on.

        Args:
            step: Steps that were done before.
            settings: The new values by name; plain JSON values.
        """
        if self.writes:
            _append(self._changes_file, json.dumps({"step": step, "settings": settings}) + "\n")

    def drop_changes_after(self, step: int) -> None:
        """Drop the changes that a killed run made after its last saved state."""
        changes = self.changes()
        kept = [change for change in changes if change["step"] <= step]
        if self.writes and len(kept) < len(changes):
            with atomic_write(self._changes_file) as temporary:
                temporary.write_text("".join(f"{json.dumps(change)}\n" for change in kept), "utf-8")

    def drop_files_after(self, step: int) -> None:
        """Remove the samples and models that were written after the last saved state.

        A killed run will write them again; to a copy of a running training they belong to the other branch.
        """
        if not self.writes:
            return
        for folder in ("samples", "models"):
            for path in (self.folder / folder).glob("step-*"):
                match = FILE_NAME.fullmatch(path.stem)
                if match and int(match[1]) > step:
                    path.unlink(missing_ok=True)

    def report_fallback(self, file: SavedFile[Any]) -> None:
        """Say that the file before was read in place of a broken one, if so."""
        if file.problem:
            self.warn(f"{file.path} cannot be read ({file.problem}): the run goes on from the one saved before it.")

    def warn(self, sentence: str) -> None:
        """Print a sentence on standard error, in one of the processes of the run."""
        if self.writes:
            print(sentence, file=sys.stderr)

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
    return _config_file(folder).read() or {}


def _config_file(folder: Path) -> SavedFile[dict[str, Any]]:
    return SavedFile(folder / "config.json", _parse_settings)


def _parse_settings(path: Path) -> dict[str, Any]:
    settings = json.loads(path.read_text("utf-8"))
    if not isinstance(settings, dict):
        raise TypeError("no JSON object")
    return settings


def _check_settings(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Raise a ConfigError if the run in a folder has other settings, the old ones, than new ones."""
    changed = [name for name in new if name not in MAY_CHANGE and new[name] != old.get(name)]
    if changed:
        raise ConfigError(
            "The run in {folder} was begun with other settings ({changed}): repeat them to go on, "
            "give another --folder, or delete that one to begin anew.",
            folder=folder,
            changed=", ".join(f"{name} was {old.get(name)}, now {new[name]}" for name in changed),
        )


def _append(path: Path, text: str) -> None:
    """Append a text whole or not at all.

    Raises:
        OSError: if it cannot be written.
    """
    content = text.encode()
    with path.open("ab", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            if file.write(content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise


def _step(line: str) -> float:
    """Return the step of a line; infinity for a line that a kill or a power cut spoilt."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError):
        return float("inf")
