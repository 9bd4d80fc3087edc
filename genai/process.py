"""How a process uses the machine: threads, garbage collector, and malloc (on Linux)."""

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable

import torch

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX, ARENA_MAX = -1, -2, -4, -8  # of glibc's mallopt
SWITCH_SECONDS = 0.0005  # after which a thread hands the GIL to another that waits for it; 0.005 by default


def keep_freed_memory() -> None:
    """Let glibc keep the memory of freed tensors for the next ones; for a training.

    By default it maps every large tensor anew, which the system clears page by page, and unmaps a freed one.
    """
    _set_malloc_options(((MMAP_MAX, 0), (TRIM_THRESHOLD, 2**31 - 1), (TOP_PAD, 2**26)))


def configure_for_serving() -> None:
    """Configure a process that computes for many visitors, the page's or a text worker's.

    Two computations run at a time, texts beside pictures or sounds, so each gets half of the cores: with all cores
    for both, every small product would wait for a core that is taken. A thread that wants the interpreter gets it
    soon. Two arenas of malloc are enough: one for each of the server's threads would keep what all of them freed.
    """
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    sys.setswitchinterval(SWITCH_SECONDS)
    _set_malloc_options([(ARENA_MAX, 2)])


def freeze_gc() -> None:
    """Freeze the heap, so that the garbage collector stops scanning what was built so far.

    All threads wait for a collection, and one of a whole Gradio page takes a quarter of a second.
    """
    gc.collect()
    gc.freeze()


def trim_memory() -> None:
    """Return freed memory to the system, as after the load of a model, which needs its size several times."""
    if malloc_trim := _libc_function("malloc_trim"):
        malloc_trim(0)


def trim_memory_periodically(every_seconds: float = 30) -> None:
    """Return freed memory to the system every so many seconds, in a thread of its own.

    Freed blocks lie scattered over the heap. glibc by itself returns only those at its end, and the page would keep
    an eighth more than it uses.
    """

    def work() -> None:
        while True:
            time.sleep(every_seconds)
            trim_memory()

    threading.Thread(target=work, name="trim-memory", daemon=True).start()


def _set_malloc_options(settings: Iterable[tuple[int, int]]) -> None:
    if mallopt := _libc_function("mallopt"):
        for parameter, value in settings:
            mallopt(parameter, value)


def _libc_function(name: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it is not glibc, which alone has the ones used here."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
