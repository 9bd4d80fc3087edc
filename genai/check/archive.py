"""The files in a ZIP, as the page packs the pictures of a wall."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from genai.check.content import MAX_BYTES
from genai.errors import DataError

MAX_FILES = 64
"""As many as the page packs into one."""
METADATA = "__MACOSX/"
"""Folder that macOS adds to every ZIP."""


@dataclass(frozen=True)
class ArchivedFile:
    """A file in a ZIP.

    Args:
        name: Its path in the ZIP.
        content: Its bytes.
    """

    name: str
    content: bytes


def is_archive(content: bytes) -> bool:
    """Return whether some bytes are a ZIP."""
    return content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content))


def files_in(content: bytes) -> Iterator[ArchivedFile]:
    """Yield the files in a ZIP, without its folders.

    Raises:
        DataError: if it is broken or encrypted, or there are more or larger files than the page packs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if _is_file(entry)]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_FILES or size > MAX_BYTES:
                raise DataError(
                    "The ZIP has {count} files with {size} MB: at most {files} files with {high} MB are examined. "
                    "Pack fewer into one.",
                    count=len(entries),
                    size=round(size / 1e6),
                    files=MAX_FILES,
                    high=MAX_BYTES // 1_000_000,
                )
            for entry in entries:
                yield ArchivedFile(entry.filename, archive.read(entry))
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise DataError("The ZIP is broken or encrypted: unpack it, and check its files one by one.") from error


def _is_file(entry: zipfile.ZipInfo) -> bool:
    return not entry.is_dir() and not entry.filename.startswith(METADATA)
