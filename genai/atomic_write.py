"""Files that are there whole or not at all."""

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genai.errors import DataError


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name beside it, and put it in its place at the end.

    A kill or a full disk leaves what was there before; after a kill the temporary file stays, and the next writing
    takes it away.

    Raises:
        DataError: if it cannot be written; nothing is left of the attempt.
    """
    beginning = f".{path.name}."
    temporary = path.with_name(beginning + secrets.token_hex(4))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f"{glob.escape(beginning)}*"):
            left.unlink(missing_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        with suppress(OSError):  # nothing lies there; where the folder is a file, unlink complains of that
            temporary.unlink()


def _unwritten(path: Path, error: OSError) -> DataError:
    return DataError(
        "{file} cannot be written ({reason}): make room, or name another folder. What was there before is as it "
        "was.",
        file=str(path),
        reason=error.strerror or str(error),
    )
