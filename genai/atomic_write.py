"""Files that are written whole or not at all."""

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genai.errors import DataError


@contextmanager
def atomic_write(path: Path, *, previous: Path | None = None, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path in the same folder; rename it to the path when the block ends.

    A full disk or a kill leaves the previous file. After a kill the temporary file stays, and the next call for the
    same path deletes it.

    Args:
        path: Of the file; its folder is made if it does not exist.
        previous: Where the file that was there is kept; None deletes it. A kill between the two renames leaves
            that one only.
        durable: Wait until the disk has the file, so that a power cut too leaves the old one or the new one.

    Raises:
        DataError: if the file cannot be written; nothing is left of the attempt.
    """
    prefix = f".{path.name}."
    temporary = path.with_name(prefix + secrets.token_hex(4))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in path.parent.glob(f"{glob.escape(prefix)}*"):
            leftover.unlink(missing_ok=True)
        yield temporary
        if durable:
            with temporary.open("r+b") as file:  # Windows flushes only what is open for writing
                os.fsync(file.fileno())
        if previous and path.exists():
            os.replace(path, previous)
        os.replace(temporary, path)
        if durable:
            _flush_names(path.parent)
    except OSError as error:
        raise DataError(
            "{file} cannot be written ({reason}): make room, or name another folder. What was there before is as "
            "it was.",
            file=str(path),
            reason=error.strerror or str(error),
        ) from error
    finally:
        with suppress(OSError):  # it was renamed, or was never there, or the folder's path is that of a file
            temporary.unlink()


def _flush_names(folder: Path) -> None:
    """Wait until the disk has the names of a folder's files, where the system can tell."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no such call for folders
            os.fsync(number)
    finally:
        os.close(number)
