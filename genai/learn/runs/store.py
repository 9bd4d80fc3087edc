"""Where the runs of a server are: a temporary folder, removed when the server ends.

Nothing of a visitor stays after that. Only where a server was killed is its folder still there; the next server on
this machine takes over its runs, so that a visitor who comes back finds what was saved.
"""

import atexit
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "genai-lab-runs-"
OLDEST_SECONDS = 24 * 3600.0
"""Runs of a killed server that are older are removed."""


def make_home() -> Path:
    """Make the folder of this process, with the runs of a server that was killed."""
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = FileLock(home / "lock", timeout=0)
    lock.acquire()  # until the process ends
    (home / "runs").mkdir()
    adopt(home)
    atexit.register(remove, home, lock)
    return home


def remove(home: Path, lock: FileLock) -> None:
    """Remove the folder of this process."""
    lock.release()
    shutil.rmtree(home, ignore_errors=True)


def adopt(home: Path) -> None:
    """Move the runs of servers that were killed into a folder, and remove what else they left."""
    for other in home.parent.glob(f"{PREFIX}*"):
        if other == home or not _is_ours(other):
            continue
        lock = FileLock(other / "lock", timeout=0)
        try:
            lock.acquire()
        except (Timeout, OSError):
            continue  # its server runs
        for run in (other / "runs").glob("*"):
            if time.time() - run.stat().st_mtime < OLDEST_SECONDS:
                with suppress(OSError):
                    run.rename(home / "runs" / run.name)
        lock.release()
        shutil.rmtree(other, ignore_errors=True)


def hold(folder: Path) -> FileLock:
    """Make a folder of this process; while the lock is held, no other server removes it."""
    folder.mkdir()
    lock = FileLock(folder / "lock", timeout=0)
    lock.acquire()
    return lock


def remove_abandoned(parent: Path, prefix: str) -> None:
    """Remove the folders with a prefix that servers held which were killed."""
    for folder in parent.glob(f"{prefix}*"):
        if not _is_ours(folder):
            continue
        try:
            with FileLock(folder / "lock", timeout=0):
                pass
        except (Timeout, OSError):
            continue  # its server runs
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Return whether a folder belongs to the user of this process: others' are none of our business."""
    with suppress(OSError):
        return not folder.is_symlink() and (os.name != "posix" or folder.stat().st_uid == os.getuid())
    return False
