"""Where the files of the named data sets are: in a folder that GENAI_DATA names, or in the cache.

If the environment variable GENAI_DATA names a folder, the sets are read from it and nothing is downloaded. Without
it, each set is prepared once in the cache (GENAI_CACHE, or ~/.cache/genai), under the same names.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from genai.errors import DataError

UNFINISHED = ".unfinished-"  # prefix of the temporary folders
ABANDONED_SECONDS = 24 * 3600  # age from which a temporary folder is taken for that of a killed process


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """Return the path of a file or folder in GENAI_DATA if that is set, else in the cache.

    The first time, it is made in a temporary folder next to its path in the cache, and then renamed. So an
    interrupted process leaves no half-made file, and if two processes make it at once, the first to finish wins.

    Args:
        name: Its path below either folder, such as "image/characters/open-peeps-64.npz".
        make: Writes the file or folder to a path.

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
        _prepare(path, make)
    return path


def find_local(name: str) -> Path | None:
    """Return the path of a file or folder if GENAI_DATA, or else the cache, has it; never download or make it."""
    folder = local_folder() or _find_cache_folder()
    return folder / name if folder and (folder / name).exists() else None


def local_folder() -> Path | None:
    """Return the folder that GENAI_DATA names, or None if the variable is not set.

    Raises:
        DataError: if it names something other than a folder.
    """
    value = os.environ.get("GENAI_DATA")
    if not value:
        return None
    folder = Path(os.path.expanduser(value))
    if not folder.is_dir():
        raise DataError(
            "GENAI_DATA is {value}, which is not a folder: name the folder of the data sets, or unset it to "
            "download them.",
            value=repr(value),
        )
    return folder


def cache_folder() -> Path:
    """Return the folder for downloaded and prepared data sets; it need not exist yet.

    Raises:
        DataError: if GENAI_CACHE is not set, and this user has no home folder, as in some containers.
    """
    folder = _find_cache_folder()
    if folder is None:
        raise DataError(
            "There is no place for data sets, since this user has no home folder: set GENAI_CACHE to a folder for "
            "them."
        )
    return folder


def _find_cache_folder() -> Path | None:
    value = os.environ.get("GENAI_CACHE") or os.path.join("~", ".cache", "genai")
    expanded = os.path.expanduser(value)  # leaves "~" where there is no home folder
    return None if expanded.startswith("~") else Path(expanded)


def _prepare(path: Path, make: Callable[[Path], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path.parent)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            make(unfinished)
            _publish(unfinished, path)
    except OSError as error:
        raise DataError(
            "{path} cannot be written: {reason}. Set GENAI_CACHE to a folder with room in it.",
            path=str(path),
            reason=str(error),
        ) from error


def _remove_abandoned(folder: Path) -> None:
    """Remove temporary folders that a kill or a power cut left; a younger one may belong to a running process."""
    for unfinished in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):  # another process may remove it at the same time
            if time.time() - unfinished.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(unfinished)


def _publish(unfinished: Path, path: Path) -> None:
    try:
        unfinished.rename(path)
    except OSError:
        if not path.exists():  # if it exists, another process finished first, with the same files
            raise
