"""Download the files of a named data set from their public source, and verify them.

pooch transfers the files. Its checksums and its cache are not used: a checksum of pooch covers a file as the server
sends it, whereas ours covers the contents and so holds for a repacked archive; and a folder in pooch's cache is
visible while it is being filled, whereas `cache.cached` publishes it whole or not at all.
"""

import gzip
import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pooch
from tqdm import tqdm

from genai.datasets import archives
from genai.datasets.cache import cached
from genai.errors import DataError

DEBIAN = "debian:"
CHUNK_BYTES = 1 << 20

pooch.get_logger().setLevel("WARNING")  # its notes on each file would break up the progress bar


@dataclass(frozen=True)
class Source:
    """Files that belong together, at a public address.

    Args:
        name: Their folder, in GENAI_DATA and in the cache, such as "text/shakespeare".
        url: Address of the folder that holds the files; or of one archive (.zip, .deb) with all of them; or
            "debian:NAME" for a Debian package, which apt-get downloads.
        files: Their names below that folder, or below the top folder of the archive.
        sha256: SHA-256 of their contents one after another, as `cat FILES | sha256sum` prints it. A .gz file
            counts by its uncompressed content, because mirrors compress the same data differently.
    """

    name: str
    url: str
    files: tuple[str, ...]
    sha256: str


def fetch(source: Source) -> Path:
    """Return the folder that holds a source's files; download and verify them the first time.

    Raises:
        DataError: if GENAI_DATA lacks one of them, or the download fails or has another SHA-256.
    """
    folder = cached(source.name, lambda target: _download(source, target))
    for file in source.files:
        if not (folder / file).is_file():
            raise DataError(
                "{file} is missing in {folder}: put it back, or let the program download the data again by "
                "removing the folder and unsetting GENAI_DATA.",
                file=file,
                folder=str(folder),
            )
    return folder


def digest(folder: Path, files: tuple[str, ...]) -> str:
    """Return the SHA-256 of the files' contents one after another, .gz uncompressed, in hexadecimal."""
    sha256 = hashlib.sha256()
    for file in files:
        opener = gzip.open if file.endswith(".gz") else open
        with opener(folder / file, "rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                sha256.update(chunk)
    return sha256.hexdigest()


def _download(source: Source, target: Path) -> None:
    target.mkdir()
    suffix = ".deb" if source.url.startswith(DEBIAN) else Path(source.url).suffix
    if suffix in archives.SUFFIXES:
        _download_archive(source, suffix, target)
    else:
        _download_files(source, target)
    sha256 = digest(target, source.files)
    if sha256 != source.sha256:
        raise DataError(
            "What came from {url} is not what was published: its SHA-256 is {found} and should be {expected}. "
            "Try again; if it stays so, get {name} elsewhere and name its folder in GENAI_DATA.",
            url=source.url,
            found=sha256,
            expected=source.sha256,
            name=source.name,
        )


def _download_archive(source: Source, suffix: str, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        archive = Path(folder) / f"archive{suffix}"
        if source.url.startswith(DEBIAN):
            _download_package(source.url.removeprefix(DEBIAN), archive)
        else:
            _transfer(source.url, archive, progress=True)
        archives.unpack(archive, source.files, target)


def _download_files(source: Source, target: Path) -> None:
    single = len(source.files) == 1  # then the bar counts bytes, else files
    for file in tqdm(source.files, desc=source.name, unit="file", disable=single):
        _transfer(f"{source.url}/{file}", target / file, progress=single)


def _transfer(url: str, target: Path, *, progress: bool) -> None:
    try:
        pooch.retrieve(url, known_hash=None, fname=target.name, path=target.parent, progressbar=progress)
    except OSError as error:  # the base class of every error of requests, with which pooch transfers
        raise DataError(
            "{url} could not be downloaded: {reason}. Check the connection and try again, or name a folder with "
            "the data in GENAI_DATA.",
            url=url,
            reason=str(error),
        ) from error


def _download_package(name: str, target: Path) -> None:
    try:
        subprocess.run(["apt-get", "download", name], cwd=target.parent, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DataError(
            "Debian's package {name} could not be downloaded with apt-get ({reason}). Make the data on a machine "
            "with Debian or Ubuntu and an up-to-date package list, and name its folder in GENAI_DATA.",
            name=name,
            reason=str(getattr(error, "stderr", None) or error).strip(),
        ) from error
    (package,) = target.parent.glob(f"{name}_*.deb")
    package.rename(target)
