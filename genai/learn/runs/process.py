"""Starts the processes of trainings, one of them in advance: importing PyTorch takes seconds."""

import json
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import asdict

from genai.learn.runs.worker import Order
from genai.serving.worker import start_process

WAIT_SECONDS = 5.0
UNWANTED_SECONDS = 600.0


class Worker:
    """A process that waits for an order, then trains."""

    def __init__(self) -> None:
        # Its reports are files: nothing comes through a pipe.
        self._process = start_process(
            "genai.learn.runs.worker", stdout=subprocess.DEVNULL, variables={"OMP_WAIT_POLICY": "PASSIVE"}
        )

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def begin(self, order: Order) -> None:
        """Have it train. If the process has ended by then, its exit status says so later."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
            self._process.stdin.flush()

    def kill(self) -> None:
        """End the process at once; what it saved is whole."""
        self._process.kill()
        self._process.wait(WAIT_SECONDS)
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()


class Spare:
    """One process that is warm before it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._wanted = 0.0

    def prepare(self) -> None:
        """Start a process, unless one waits."""
        with self._lock:
            self._wanted = time.monotonic()
            if self._worker is None or self._worker.exit_status is not None:
                self._worker = Worker()

    def end_if_unwanted(self) -> None:
        """End a process that nobody has needed for ten minutes: it holds a few hundred MB."""
        if time.monotonic() - self._wanted > UNWANTED_SECONDS:
            self.end()

    def take(self) -> Worker:
        """Return the process that waits, or else a new one."""
        with self._lock:
            worker, self._worker = self._worker, None
        return worker if worker is not None and worker.exit_status is None else Worker()

    def end(self) -> None:
        """End the process that waits, if there is one."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
