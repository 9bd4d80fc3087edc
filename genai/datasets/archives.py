"""Taking chosen files out of a .zip or a Debian package."""

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
BROKEN = (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, ValueError)


def unpack(archive: Path, files: tuple[str, ...], target: Path) -> None:
    """Copy files out of an archive.

    Args:
        archive: A .zip with one folder at its top, as GitHub makes them, or a .deb.
        files: Their names below that top folder, or below the root of the package.
        target: The folder to copy them to, with the same names; nothing else in the archive is touched.

    Raises:
        DataError: if the archive is broken or lacks one of the files.
    """
    missing = set(files)
    try:
        with _open(archive) as members:
            for name, stream in members:
                inside = name.partition("/")[2]
                if inside in missing:
                    missing.remove(inside)
                    (target / inside).parent.mkdir(parents=True, exist_ok=True)
                    with (target / inside).open("wb") as copy:
                        shutil.copyfileobj(stream, copy)
    except BROKEN as error:
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
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as pack:
            yield ((name, pack.open(name)) for name in pack.namelist() if not name.endswith("/"))
    else:
        with archive.open("rb") as stream:
            _seek_data(stream)
            # "r|*" reads once from front to back, which is all that a part of a larger file allows.
            with tarfile.open(fileobj=stream, mode="r|*") as pack:
                yield ((member.name, _content(pack, member)) for member in pack if member.isfile())


def _content(pack: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = pack.extractfile(member)
    assert stream is not None  # it is for folders and links only
    return stream


def _seek_data(stream: IO[bytes]) -> None:
    """Go to data.tar in a .deb: an ar archive, 8 bytes of magic and then 60 bytes of header before each member.

    Source: the manual page deb(5).
    """
    if stream.read(8) != b"!<arch>\n":
        raise ValueError("it does not begin as a .deb does")
    while len(header := stream.read(60)) == 60:
        if header.startswith(b"data.tar"):
            return
        size = int(header[48:58])
        stream.seek(size + size % 2, 1)
    raise ValueError("it holds no data.tar")
