"""Extract some files from a .zip or a Debian package."""

import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from genai.errors import DataError

SUFFIXES = (".zip", ".deb")
ARCHIVE_ERRORS = (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, ValueError)


def unpack(archive: Path, files: tuple[str, ...], target: Path) -> None:
    """Extract some files of an archive.

    Args:
        archive: A .zip with one top folder, as GitHub makes them, or a .deb.
        files: Their names below that top folder, or below the root of the package.
        target: The folder to extract them to, under the same names; no other member is extracted.

    Raises:
        DataError: if the archive is broken or lacks one of the files.
    """
    missing = set(files)
    try:
        with _open(archive) as members:
            for name, stream in members:
                _, _, file = name.partition("/")
                if file in missing:
                    missing.remove(file)
                    path = target / file
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with path.open("wb") as copy:
                        shutil.copyfileobj(stream, copy)
    except ARCHIVE_ERRORS as error:
        raise DataError(
            "{archive} is not a whole archive: {reason}. Download it again.",
            archive=archive.name,
            reason=str(error),
        ) from error
    if missing:
        raise DataError(
            "{count} files are missing in {archive}, {file} first: it is not the archive that was published.",
            count=len(missing),
            archive=archive.name,
            file=min(missing),
        )


@contextmanager
def _open(archive: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Open an archive and return a lazy iterator over the name and the content of each file."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zip_file:
            yield ((name, zip_file.open(name)) for name in zip_file.namelist() if not name.endswith("/"))
    else:
        with archive.open("rb") as stream:
            _seek_data_tar(stream)
            # "r|*" reads as a stream, without seeking: the tar is only a part of this file.
            with tarfile.open(fileobj=stream, mode="r|*") as tar_file:
                yield ((member.name, _content(tar_file, member)) for member in tar_file if member.isfile())


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(member)
    assert stream is not None  # None is for folders and links only
    return stream


def _seek_data_tar(stream: IO[bytes]) -> None:
    """Seek to data.tar in a .deb: an ar archive, 8 bytes of magic and then 60 bytes of header before each member.

    Source: the manual pages deb(5) and ar(5).
    """
    if stream.read(8) != b"!<arch>\n":
        raise ValueError("it does not begin as a .deb does")
    while len(header := stream.read(60)) == 60:
        if header.startswith(b"data.tar"):
            return
        size = int(header[48:58])
        stream.seek(size + size % 2, 1)
    raise ValueError("it holds no data.tar")
