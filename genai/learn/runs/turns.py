"""Which run trains now, and which ones wait."""

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch

from genai import checkpoint
from genai.learn.runs.files import ENDED, Phase, Status
from genai.learn.runs.live import LiveRun
from genai.learn.runs.process import Spare
from genai.learn.runs.worker import Order


class Turns:
    """The processes of a server's runs, and the queue for them. Who uses it holds the lock of the runs.

    Args:
        runs: All runs by their ids; others add and remove them.
        device: Where trainings run; None chooses.
        checkpoints: Folder of the shipped models; None is the repository's own.
    """

    def __init__(self, runs: Mapping[str, LiveRun], device: str | None, checkpoints: Path | None) -> None:
        self._runs = runs
        self._device = device
        self._checkpoints = checkpoints
        self.waiting: list[str] = []
        self.spare = Spare()
        self.slots = torch.cuda.device_count() or max(1, (os.cpu_count() or 1) // 2)

    @property
    def is_idle(self) -> bool:
        """Whether nothing trains."""
        return not any(run.worker for run in self._runs.values())

    def phase(self, run: LiveRun, status: Status | None = None) -> Phase:
        """Return in which phase a run is.

        Args:
            run: The run.
            status: Of the run, where it was read already: what is shown of a run then agrees with its phase.
        """
        if run.files.id in self.waiting:
            return "queued"
        status = status or run.files.status()
        if run.worker is None:
            return status.phase if status.phase in ENDED else "stopped"
        asked_to_stop = run.files.control().stop and status.phase not in ENDED
        return "stopping" if asked_to_stop else status.phase

    def place(self, run: LiveRun) -> tuple[int, int]:
        """Return at which place of the queue a run waits, from 1, and for how many minutes at most."""
        place = self.waiting.index(run.files.id) + 1
        ahead = [other for other in self._runs.values() if other.worker]
        before = [self._runs[name] for name in self.waiting[: place - 1]]
        minutes = sum(max(0.0, one.spec.minutes - one.files.status().minutes) for one in (*ahead, *before))
        return place, math.ceil(minutes / self.slots)

    def advance(self) -> None:
        """Note which trainings have ended, and begin the next ones."""
        for run in self._runs.values():
            if run.worker and run.worker.exit_status is not None:
                self.end_run(run, run.worker.exit_status)
        while self.waiting and sum(run.worker is not None for run in self._runs.values()) < self.slots:
            run = self._runs[self.waiting.pop(0)]
            run.worker = self.spare.take()
            checkpoints = str((self._checkpoints or checkpoint.SHIPPED).resolve())
            run.worker.begin(Order(str(run.files.folder), self._device, checkpoints))

    def end_run(self, run: LiveRun, exit_status: int) -> None:
        """Note the end of a process; one that died without a word has failed."""
        assert run.worker is not None
        run.worker.kill()
        run.worker = None
        status = run.files.status()
        if status.phase not in ENDED:
            error = {
                "template": "The process of the training ended (exit status {status}), perhaps for want of memory. "
                "What was saved is there: go on with it, or begin with a smaller network.",
                "values": {"status": str(exit_status)},
            }
            run.files.write_status(replace(status, phase="failed", error=error))

    def end(self) -> None:
        """End all processes, and wait until they are gone."""
        self.spare.end()
        for run in self._runs.values():
            if run.worker:
                run.worker.kill()
                run.worker = None
