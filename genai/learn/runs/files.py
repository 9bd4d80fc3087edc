"""The files of one run, through which the page and the process of the training talk: nobody waits for the other.

spec.json       what was asked for
control.json    what the visitor wants now: written by the page, read by the process before each step
status.json     where the training is: written by the process, read by the page
baselines.json  of a text, the losses of counts
log.txt         what the process printed
data/           own data, copied: the visitor may go on changing theirs
runs/           the folder of the training, as the command writes it
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from genai.atomic_write import atomic_write
from genai.learn.runs.spec import RunSpec
from genai.training.kept_models import list_models

Phase = Literal["queued", "preparing", "running", "paused", "stopping", "stopped", "failed", "done"]
ENDED: tuple[Phase, ...] = ("stopped", "failed", "done")


@dataclass(frozen=True)
class Control:
    """What the visitor wants.

    Args:
        pause: Whether to wait before the next step.
        until: Steps that are done before it waits; None waits at once.
        stop: Whether to end and keep what there is.
        settings: New values by name.
    """

    pause: bool = False
    until: int | None = None
    stop: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    def waits_at(self, step: int) -> bool:
        """Return whether a training that has done so many steps is to wait."""
        return self.pause and (self.until is None or step >= self.until)


@dataclass(frozen=True)
class Status:
    """Where a training is.

    Args:
        phase: Never "queued", which only the page knows.
        step: Steps that are done.
        minutes: Of training, without pauses.
        rate: Steps a second, lately.
        progress: 0 to 1, by steps or time.
        folder: Of the training's files, relative to that of the run.
        checkpoint: The file, relative to the folder of the run; "" before there is one.
        settings: Values of now, of the settings that were changed while it ran.
        error: Template and values of the sentence that says why it failed.
    """

    phase: Phase = "preparing"
    step: int = 0
    minutes: float = 0.0
    rate: float = 0.0
    progress: float = 0.0
    folder: str = ""
    checkpoint: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)


class RunFiles:
    """The files of one run.

    Args:
        folder: Its folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.folder / "log.txt"

    @property
    def trainings(self) -> Path:
        """Where the training makes its folder."""
        return self.folder / "runs"

    @property
    def control_file(self) -> Path:
        """The file whose change the process notices."""
        return self.folder / "control.json"

    def spec(self) -> RunSpec:
        """Read what was asked for."""
        return RunSpec.from_json((self.folder / "spec.json").read_text("utf-8"))

    def write_spec(self, spec: RunSpec) -> None:
        """Write what was asked for."""
        self._write("spec.json", spec.to_json())

    def control(self) -> Control:
        """Read what the visitor wants."""
        values = self._read("control.json")
        return Control(**values) if values else Control()

    def write_control(self, control: Control) -> None:
        """Write what the visitor wants."""
        self._write("control.json", json.dumps(asdict(control)))

    def status(self) -> Status:
        """Read where the training is."""
        values = self._read("status.json")
        return Status(**values) if values else Status()

    def write_status(self, status: Status) -> None:
        """Write where the training is."""
        self._write("status.json", json.dumps(asdict(status)))

    def baselines(self) -> dict[str, float]:
        """Read the losses of counts; empty before they are there."""
        return self._read("baselines.json")

    def write_baselines(self, losses: Mapping[str, float]) -> None:
        """Write the losses of counts."""
        self._write("baselines.json", json.dumps(losses))

    def keep_data(self, path: Path) -> str:
        """Copy own data into the folder of the run; return the path of the copy, relative to that folder.

        The process of the training runs in that folder: so the path, which is recorded in the header of the model,
        says nothing of this machine, and stays right where the folder is copied or moved.
        """
        target = self.folder / "data" / path.name
        if path.is_dir():
            shutil.copytree(path, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        return target.relative_to(self.folder).as_posix()

    def samples(self) -> dict[int, Path]:
        """Return the samples by their steps, in order."""
        folder = self.folder / self.status().folder / "samples"
        paths = sorted(path for path in folder.glob("step-*") if path.suffix != ".tmp")
        return {int(path.stem.removeprefix("step-")): path for path in paths}

    def models(self) -> dict[int, Path]:
        """Return the models that are kept of moments by their steps, in order."""
        return list_models(self.folder / self.status().folder)

    def _read(self, name: str) -> dict[str, Any]:
        """Read a file that was replaced whole; empty if it is not there."""
        try:
            values: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return values

    def _write(self, name: str, text: str) -> None:
        with atomic_write(self.folder / name, durable=False) as temporary:
            temporary.write_text(text, "utf-8")
