"""Files that are written whole or not at all."""

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genai.errors import DataError


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; rename it to the path when the block ends.

    A full disk or a kill leaves the previous file. After a kill the temporary file stays, and the next call for the
    same path deletes it.

    Args:
        path: Of the file; its folder is made if it does not exist.

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
        os.replace(temporary, path)
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
