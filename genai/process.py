"""How a process uses the machine: threads, the search for garbage, and the memory of freed tensors (on Linux)."""

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX, ARENA_MAX = -1, -2, -4, -8  # of glibc's mallopt
SWITCH_SECONDS = 0.0005  # for which one thread keeps Python's interpreter while others want it; 0.005 by default
_TAKEN: list[None] = []  # one for each who computes on the half of the cores that is not the texts'


def keep_freed_memory() -> None:
    """Let glibc keep the memory of freed tensors for the next ones, for a training.

    By default every large tensor is fetched from the system anew, cleared page by page, and given back at its end.
    """
    _set_malloc_options(((MMAP_MAX, 0), (TRIM_THRESHOLD, 2**31 - 1), (TOP_PAD, 2**26)))


def configure_for_serving() -> None:
    """Settle a process that serves many at once.

    Two things are computed at a time, texts beside pictures or sounds: each gets half of the cores, and texts the
    other half too while it is free (`spare`). With all cores for both, every small product would wait for a core
    that is taken. Who comes back from one gets the interpreter soon. And two pools of memory are enough: one for
    each of the server's threads would keep what all of them have freed.
    """
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    sys.setswitchinterval(SWITCH_SECONDS)
    _set_malloc_options([(ARENA_MAX, 2)])


@contextmanager
def other_half() -> Iterator[None]:
    """Compute on that half of the cores which is not the texts': they do not spread to it meanwhile."""
    _TAKEN.append(None)
    try:
        yield
    finally:
        _TAKEN.pop()


def spare() -> bool:
    """Whether texts may use the other half of the cores too: cores are shared out, and nobody computes there."""
    return not _TAKEN and 2 * torch.get_num_threads() <= (os.cpu_count() or 1)


def freeze_gc() -> None:
    """Take what was built so far for lasting: the search for garbage in cycles looks through it no more.

    All threads wait for that search, and through a page of Gradio's it takes a quarter of a second.
    """
    gc.collect()
    gc.freeze()


def trim_memory_periodically(every_seconds: float = 30) -> None:
    """Give freed memory back to the system from now on, every so many seconds, in a thread of its own.

    What many visitors asked for lies scattered; glibc gives back only what lies at the end, and the page would keep
    for good an eighth more than it uses.
    """
    trim = _libc_function("malloc_trim")
    if trim is None:
        return

    def work() -> None:
        while True:
            time.sleep(every_seconds)
            trim(0)

    threading.Thread(target=work, name="give-back", daemon=True).start()


def _set_malloc_options(settings: Iterable[tuple[int, int]]) -> None:
    if mallopt := _libc_function("mallopt"):
        for parameter, value in settings:
            mallopt(parameter, value)


def _libc_function(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it is not glibc, which alone has those asked for here."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
