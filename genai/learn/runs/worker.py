"""The process of a training: python -m genai.learn.runs.worker, started by the page.

It imports everything, then waits for a line on its standard input that names a run: so that a spare process is
warm when somebody presses the button. From then on it reads and writes files only, and never waits for the page.
When the page's process is gone, its standard input ends: then the training stops, and its state is saved.
"""

import json
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from genai.audio import training as audio_training
from genai.datasets.folders import list_files
from genai.errors import ConfigError, GenaiError
from genai.image import training as image_training
from genai.inference.out_of_memory import is_out_of_memory
from genai.learn.runs.baselines import baselines
from genai.learn.runs.files import Phase, RunFiles, Status
from genai.process import keep_freed_memory
from genai.text import training as text_training
from genai.training.controls import Steerable
from genai.training.run import Run

TRAIN: dict[str, Callable[..., Path]] = {
    "text": text_training.train,
    "image": image_training.train,
    "audio": audio_training.train,
}
NICE = 10
FOLDERS = ("GENAI_DATA", "GENAI_CHECKPOINTS", "GENAI_OWN_MODELS")
"""Environment variables that name folders, perhaps relative to the folder in which the page was started."""
GIGABYTES = 3
"""Memory that a training on the CPU may use, besides what the libraries have."""
REPORT_SECONDS = 0.2
LOOK_SECONDS = 0.05
"""How often a paused training looks whether it may go on."""
PAUSE_SECONDS = 600.0
"""After which a paused training stops, and makes room for the next in the queue."""
RATE_STEPS = 20
"""Steps over which the speed is measured."""


@dataclass(frozen=True)
class Order:
    """What the page sends on standard input.

    Args:
        run: Folder of the run.
        device: Where it runs; None chooses.
        checkpoints: Folder of the shipped models; None is the repository's own.
    """

    run: str
    device: str | None = None
    checkpoints: str | None = None


class FileControls:
    """Steers a training by the control file, and reports where it is in the status file.

    Args:
        files: Of the run.
        is_left: Whether the page's process is gone.
        clock: Returns seconds.
    """

    def __init__(
        self, files: RunFiles, is_left: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._files = files
        self._is_left = is_left
        self._clock = clock
        self._seen = -1
        self._control = files.control()
        self._steps: deque[tuple[float, int]] = deque(maxlen=RATE_STEPS)
        self._reported = -math.inf
        self.run: Steerable | None = None
        self.status = Status()
        self.later: Callable[[], None] | None = None
        """What can wait until the first sample is there: done once, before the second step."""

    def before_step(self, run: Steerable) -> float:
        """Follow the control file; wait while it says pause. Returns the seconds of waiting."""
        self.run = run
        start = self._clock()
        waited = self._do_later(run)
        while True:
            self._read()
            self._apply(run)
            too_long = self._clock() - start > PAUSE_SECONDS
            if self._control.stop or self._is_left.is_set() or too_long:
                self.report("stopping")
                run.stop()
                break
            if not self._control.waits_at(run.step):
                break
            if not waited:
                self._steps.clear()
                self.report("paused")
            waited = True
            time.sleep(LOOK_SECONDS)
        now = self._clock()
        self._steps.append((now, run.step))
        is_due = waited or now - self._reported >= REPORT_SECONDS or run.step <= 1
        if is_due and not self._control.stop:
            self.report("running")
        return now - start if waited else 0.0

    def _do_later(self, run: Steerable) -> bool:
        """Do what could wait, if its time has come; return whether it was done."""
        if self.later is None or run.step < 1:
            return False
        self._steps.clear()
        self.later()
        self.later = None
        return True

    def report(self, phase: Phase) -> None:
        """Write where the training is."""
        self._reported = self._clock()
        self.status = replace(self.status, phase=phase, rate=self._rate())
        if isinstance(self.run, Run):
            changed: dict[str, Any] = {}
            for change in self.run.journal.changes():
                changed |= change["settings"]
            self.status = replace(
                self.status,
                step=self.run.step,
                minutes=max(0.0, self.run.minutes),
                progress=max(0.0, self.run.progress),
                folder=str(self.run.journal.folder.relative_to(self._files.folder)),
                settings=changed,
            )
        self._files.write_status(self.status)

    def _rate(self) -> float:
        if len(self._steps) < 2:
            return 0.0
        seconds = self._steps[-1][0] - self._steps[0][0]
        return (self._steps[-1][1] - self._steps[0][1]) / seconds if seconds > 0 else 0.0

    def _read(self) -> None:
        try:
            changed = self._files.control_file.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed != self._seen:
            self._seen = changed
            self._control = self._files.control()

    def _apply(self, run: Steerable) -> None:
        try:
            run.change(**self._control.settings)
        except ConfigError:
            traceback.print_exc()  # the page checks values first: only settings that exclude each other come here


def limit_memory() -> None:
    """Let the process have so much more memory for data than now; only Linux can limit that."""
    if sys.platform != "linux":
        return
    import resource

    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmData"))
    limit = kilobytes * 1024 + GIGABYTES * 2**30
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def train(files: RunFiles, order: Order, is_left: threading.Event) -> None:
    """Train a run to its end, or until it is stopped; its status says how it ended."""
    controls = FileControls(files, is_left)
    controls.status = replace(files.status(), error={})
    try:
        controls.report("preparing")
        spec = files.spec()
        checkpoints = Path(order.checkpoints) if order.checkpoints else None
        config = spec.config(files.trainings, order.device, checkpoints)
        if torch.device(config.device or "cpu").type == "cpu" and not torch.cuda.is_available():
            limit_memory()
        if spec.modality == "text" and not files.baselines():
            controls.later = lambda: files.write_baselines(baselines(spec.data))
        path = TRAIN[spec.modality](config, controls)
        is_done = controls.run is not None and isinstance(controls.run, Run) and controls.run.progress >= 1
        controls.status = replace(controls.status, checkpoint=str(path.relative_to(files.folder)))
        controls.report("done" if is_done else "stopped")
    except Exception as error:
        traceback.print_exc()
        controls.status = replace(controls.status, error=_as_json(error))
        controls.report("failed")


def _as_json(error: Exception) -> dict[str, Any]:
    """Return the sentence of an error; empty for a bug of ours."""
    if isinstance(error, MemoryError) or is_out_of_memory(error):
        error = memory_error()
    if not isinstance(error, GenaiError):
        return {}
    values = {name: value if isinstance(value, dict) else str(value) for name, value in error.values.items()}
    return {"template": error.template, "values": values}


def memory_error() -> ConfigError:
    """Return the error that a training needs more memory than it may have."""
    return ConfigError(
        "The training needs more than the {gigabytes} GB of memory that it may have: choose a smaller batch, a "
        "smaller network or less data.",
        gigabytes=GIGABYTES,
    )


def warm_up() -> None:
    """Compute something like a step once: the first of a process is slow."""
    layer = torch.nn.Linear(8, 8)
    optimiser = torch.optim.AdamW(layer.parameters(), foreach=True)
    torch.autograd.backward(layer(torch.zeros(2, 8)).sum())
    optimiser.step()
    list_files(Path(__file__).parent, {".none"})


def main() -> None:
    """Wait for an order, carry it out, and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches both; the page closes the pipe
    if hasattr(os, "nice"):
        os.nice(NICE)
    keep_freed_memory()
    torch.set_num_threads(1)
    warm_up()
    line = sys.stdin.readline()
    if not line:
        return
    order = Order(**json.loads(line))
    for name in FOLDERS:
        if os.environ.get(name):
            os.environ[name] = os.path.abspath(os.environ[name])
    os.chdir(order.run)  # own data is named relative to it
    files = RunFiles(Path(order.run))
    with files.log.open("ab", buffering=0) as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    is_left = threading.Event()

    def watch() -> None:
        sys.stdin.read()  # until the page closes it, or is gone
        is_left.set()

    threading.Thread(target=watch, name="watch-page", daemon=True).start()
    train(files, order, is_left)


if __name__ == "__main__":
    main()
