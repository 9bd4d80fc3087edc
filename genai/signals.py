"""Signals that ask a process to end: Ctrl-C (SIGINT), kill (SIGTERM), a terminal that is closed (SIGHUP)."""

import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

BY_OTHERS = (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))  # Windows has no SIGHUP
ENDING = (signal.SIGINT, *BY_OTHERS)
INTERRUPTED = 128 + signal.SIGINT  # exit status that a shell reports for Ctrl-C


@contextmanager
def on_signals(numbers: Collection[signal.Signals], act: Callable[[], None]) -> Iterator[None]:
    """Call a function at each of some signals, in place of what happens by default.

    Under nohup, which has SIGHUP ignored, it stays so. Python lets only the main thread set handlers: in another
    thread nothing changes.

    Args:
        numbers: The signals.
        act: Runs between two instructions of the main thread; what it raises is raised there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(*_: object) -> None:
        act()

    previous = {}
    for number in numbers:
        under_nohup = number.name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN
        if not under_nohup:
            previous[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def interrupt() -> None:
    """Raise what Python raises at Ctrl-C, so that all that is to be done at the end of the process is done."""
    raise KeyboardInterrupt
