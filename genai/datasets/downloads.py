"""Files of the named data sets, from their public sources, checked."""

import gzip
import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from torch.hub import download_url_to_file
from tqdm import tqdm

from genai.datasets import archives
from genai.datasets.cache import cached
from genai.errors import DataError

DEBIAN = "debian:"


@dataclass(frozen=True)
class Source:
    """Files that belong together, at a public address.

    Args:
        name: Their folder, in GENAI_DATA and in the cache, such as "text/shakespeare".
        url: Address of the folder that holds the files, or of one archive (.zip, .deb) with all of them; or
            "debian:NAME" for a package of Debian's, which apt-get finds.
        files: Their names below that folder, or below the archive's first folder.
        sha256: Checksum of their contents one after another, as `cat FILES | sha256sum` prints it; of a .gz
            file it is the content that counts, because the same data is packed anew here and there.
    """

    name: str
    url: str
    files: tuple[str, ...]
    sha256: str


def fetch(source: Source) -> Path:
    """Give the folder that holds a source's files, downloading and checking them the first time.

    Raises:
        DataError: if GENAI_DATA lacks one of them, or the download fails or is not what was published.
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
    """SHA-256 of the files' contents one after another, unpacked if .gz, in hexadecimal digits."""
    total = hashlib.sha256()
    for file in files:
        opener = gzip.open if file.endswith(".gz") else open
        with opener(folder / file, "rb") as stream:
            while chunk := stream.read(1 << 20):
                total.update(chunk)
    return total.hexdigest()


def _download(source: Source, target: Path) -> None:
    target.mkdir()
    suffix = ".deb" if source.url.startswith(DEBIAN) else Path(source.url).suffix
    if suffix in archives.SUFFIXES:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            archive = Path(folder) / f"archive{suffix}"
            _transfer(source.url, archive, progress=True)
            archives.unpack(archive, source.files, target)
    else:
        alone = len(source.files) == 1
        for file in tqdm(source.files, desc=source.name, unit="file", disable=alone):
            _transfer(f"{source.url}/{file}", target / file, progress=alone)
    found = digest(target, source.files)
    if found != source.sha256:
        raise DataError(
            "What came from {url} is not what was published: its SHA-256 is {found} and should be {expected}. "
            "Try again; if it stays so, get {name} elsewhere and name its folder in GENAI_DATA.",
            url=source.url,
            found=found,
            expected=source.sha256,
            name=source.name,
        )


def _transfer(url: str, target: Path, *, progress: bool) -> None:
    if url.startswith(DEBIAN):
        _transfer_package(url.removeprefix(DEBIAN), target)
        return
    try:
        download_url_to_file(quote(url, safe=":/@~%"), str(target), progress=progress)
    except OSError as error:  # urllib's errors and a lost connection are all of this kind
        raise DataError(
            "{url} could not be downloaded: {reason}. Check the connection and try again, or name a folder with "
            "the data in GENAI_DATA.",
            url=url,
            reason=str(error),
        ) from error


def _transfer_package(name: str, target: Path) -> None:
    try:
        subprocess.run(["apt-get", "download", name], cwd=target.parent, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DataError(
            "Debian's package {name} could not be downloaded with apt-get ({reason}). Make the data on a machine "
            "with Debian or Ubuntu and an up-to-date package list, and name its folder in GENAI_DATA.",
            name=name,
            reason=str(getattr(error, "stderr", None) or error).strip(),
        ) from error
    next(target.parent.glob(f"{name}_*.deb")).rename(target)
