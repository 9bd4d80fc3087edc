"""Where the files of the named data sets are: in a folder of one's own, or in the cache.

The environment variable GENAI_DATA names a folder of one's own; then nothing is downloaded. Without it, every
set is made once in the cache (GENAI_CACHE, or .cache/genai at home), under the same names.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from genai.errors import DataError

UNFINISHED = ".unfinished-"
OLD_SECONDS = 24 * 3600


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """Give a file or folder from GENAI_DATA if that is set, else from the cache, made there the first time.

    Args:
        name: Its place in either, such as "image/characters/open-peeps-64.npz".
        make: Writes it to the path it is given; a half-made one is never kept.

    Raises:
        DataError: if GENAI_DATA is set and lacks it, or the cache cannot be written.
    """
    local = local_folder()
    if local is not None:
        if not (local / name).exists():
            raise DataError(
                "{name} is not in {folder}, the folder that GENAI_DATA names: add it, or unset GENAI_DATA to "
                "download it.",
                name=name,
                folder=str(local),
            )
        return local / name
    path = cache_folder() / name
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear(path.parent)
            with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder:
                make(Path(folder) / path.name)
                _move(Path(folder) / path.name, path)
        except OSError as error:
            raise DataError(
                "{path} cannot be written: {reason}. Set GENAI_CACHE to a folder with room in it.",
                path=str(path),
                reason=str(error),
            ) from error
    return path


def find_local(name: str) -> Path | None:
    """Give a file or folder if GENAI_DATA or else the cache has it; nothing is downloaded or made."""
    path = (local_folder() or cache_folder()) / name
    return path if path.exists() else None


def local_folder() -> Path | None:
    """The folder that GENAI_DATA names, or None if it is not set.

    Raises:
        DataError: if it names no folder.
    """
    value = os.environ.get("GENAI_DATA")
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise DataError(
            "GENAI_DATA is {value}, which is not a folder: name the folder of the data sets, or unset it to "
            "download them.",
            value=repr(value),
        )
    return folder


def cache_folder() -> Path:
    """The folder for what was downloaded or prepared; it need not exist yet."""
    value = os.environ.get("GENAI_CACHE")
    return Path(value).expanduser() if value else Path.home() / ".cache" / "genai"


def _clear(folder: Path) -> None:
    """Remove what a kill or a power cut has left; another process may be at work on what is younger."""
    for left in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):  # another process clears up too
            if time.time() - left.stat().st_mtime > OLD_SECONDS:
                shutil.rmtree(left)


def _move(made: Path, path: Path) -> None:
    try:
        made.rename(path)
    except OSError:
        if not path.exists():  # else another process was faster, with the same files
            raise
