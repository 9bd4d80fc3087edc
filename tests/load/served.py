"""A page in a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Served:
    """Where the page is, and the process that serves it."""

    address: str
    process: psutil.Process
    folder: str
    """Of temporary files."""

    @property
    def processes(self) -> list[psutil.Process]:
        """The page's process and its text workers."""
        return [self.process, *self.process.children(recursive=True)]

    @property
    def megabytes(self) -> float:
        """Memory of all processes, pages that they share counted once (proportional set size)."""
        return sum(process.memory_full_info().pss for process in self.processes) / 2**20

    @property
    def threads(self) -> int:
        """Threads of all processes."""
        return sum(process.num_threads() for process in self.processes)

    def suspend(self) -> None:
        """Stop all processes for a while."""
        for process in self.processes:
            process.suspend()

    def resume(self) -> None:
        """Let all processes go on."""
        for process in self.processes:
            process.resume()


@contextmanager
def serve(*flags: str, program: tuple[str, ...] = ("app.py",)) -> Iterator[Served]:
    """Serve the page until the end of the block; what it printed is shown if it fails to start."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, *program, "--port", str(port), "--no-browser", *flags]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        environment = {**os.environ, "GRADIO_TEMP_DIR": folder, "TMPDIR": folder}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(address, process, Path(folder) / "log")
            yield Served(address, psutil.Process(process.pid), folder)
        finally:
            _stop(process, Path(folder) / "log")


def _stop(process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask the page to end; one that does not is killed with its workers, so that nothing is left running."""
    workers = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        for one in (process, *workers):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        raise RuntimeError(f"the page did not stop within {STOP_SECONDS} s:\n{log.read_text()}") from None


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the page did not start:\n{log.read_text()}")
