"""A worker: another process of this program that the page starts, and messages through its standard pipes.

Both ends are this program, and the pipes belong to them alone: messages are pickled, one after another.
"""

import atexit
import os
import pickle
import queue
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

import genai
from genai.errors import GenaiError
from genai.inference.out_of_memory import is_out_of_memory, out_of_memory_error


def start_process(
    module: str, *arguments: str, stdout: int = subprocess.PIPE, variables: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a module of this package in a process whose standard input is a pipe.

    Args:
        module: Its full name, as `python -m` takes it.
        arguments: Of its command line.
        stdout: Where its standard output goes, as `subprocess.Popen` takes it.
        variables: Environment variables, beside those of this process.
    """
    # The package need not be installed: a page that runs from a source folder must tell the process which.
    source = str(Path(genai.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env={**os.environ, "PYTHONPATH": path, **(variables or {})},
    )


class Pipes(Protocol):
    """The page's ends of the two pipes to a worker."""

    requests: IO[bytes]
    reports: IO[bytes]

    def close(self) -> None:
        """End the worker; it may have ended already."""


class WorkerProcess:
    """A worker and the page's ends of its pipes. It ends with this process, if not before.

    Args:
        module: Its full name, as `python -m` takes it.
        arguments: Of its command line.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self.process = start_process(module, *arguments)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests: IO[bytes] = self.process.stdin
        self.reports: IO[bytes] = self.process.stdout
        atexit.register(self.close)

    def close(self) -> None:
        """End the process, and free what the operating system keeps for it."""
        self.process.terminate()  # first: a thread that waits for room in the pipe would block `close`
        with suppress(OSError):
            self.requests.close()
        self.process.wait()
        atexit.unregister(self.close)


class Closed:
    """Comes last into an inbox: the other side has closed the pipe, or has died."""


def take_standard_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return a worker's ends of its pipes: those of requests and of reports. To be called first in its process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches both; the page closes the pipe
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get between the reports
    return sys.stdin.buffer, reports


def send(message: object, pipe: IO[bytes]) -> None:
    """Write a message to a pipe, and do not keep it in a buffer.

    Raises:
        OSError: if nobody reads the pipe any more.
    """
    pickle.dump(message, pipe)
    pipe.flush()


def received(pipe: IO[bytes]) -> Iterator[Any]:
    """Yield the messages of a pipe until one of its ends is closed."""
    try:
        while True:
            yield pickle.load(pipe)
    except (EOFError, OSError, pickle.UnpicklingError):  # the last one: who writes died in the middle of a message
        return
    except ValueError:
        if not pipe.closed:  # at this end
            raise


def fill_inbox(inbox: queue.SimpleQueue[Any], pipe: IO[bytes]) -> None:
    """Move the messages of a pipe to an inbox, then put a `Closed`."""
    try:
        for message in received(pipe):
            inbox.put(message)
    finally:
        inbox.put(Closed())


def portable(error: Exception) -> Exception:
    """Return an error that can be pickled: a GenaiError unchanged, any other with its traceback as text."""
    if is_out_of_memory(error):
        return out_of_memory_error()
    if isinstance(error, GenaiError):
        return error
    return RuntimeError("".join(traceback.format_exception(error)))
