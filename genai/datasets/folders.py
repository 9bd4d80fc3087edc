"""Your own folder of files to train on: list them, find the classes, hold some out, skip broken ones."""

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from genai.datasets.names import printable
from genai.errors import DataError
from genai.labels import Labels

T = TypeVar("T")


@dataclass(frozen=True)
class FolderListing:
    """The files of a folder and their classes.

    Args:
        files: Their paths, class by class.
        classes: The number of each file's class; all 0 in a folder without classes.
        labels: The names of the classes, which are those of the subfolders; empty without classes.
    """

    files: list[Path]
    classes: list[int]
    labels: Labels


def list_files(folder: Path, suffixes: Collection[str]) -> FolderListing:
    """List the files of a folder, or, if they all lie in subfolders, those of the subfolders as classes.

    Args:
        folder: The folder; names in it that begin with a dot or with __ are ignored, and samples of runs.
        suffixes: Extensions of the files to list, lower case, with the dot.

    Raises:
        DataError: if files lie both in the folder and in its subfolders.
    """
    groups: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "__")) for part in parts) or _is_sample(path)
        if path.suffix.lower() in suffixes and path.is_file() and not hidden:
            subfolder = parts[0] if len(parts) > 1 else ""
            groups.setdefault(subfolder, []).append(path)
    if "" in groups and len(groups) > 1:
        raise DataError(
            "{folder} holds files such as {file} beside folders of files: put every file into a folder named "
            "after its class, or all of them into one folder.",
            folder=str(folder),
            file=groups[""][0].name,
        )
    subfolders = sorted(groups)
    files = [path for name in subfolders for path in groups[name]]
    classes = [index for index, name in enumerate(subfolders) for _ in groups[name]]
    # A single class is treated as none: there is no choice.
    names = [printable(name) for name in subfolders] if len(subfolders) > 1 else []
    return FolderListing(files, classes, Labels(tuple({"en": name, "zh-CN": name} for name in names)))


def _is_sample(path: Path) -> bool:
    """Return whether a file is a sample of a run: a run lies within its data where that is the current folder."""
    run = path.parent.parent
    return path.parent.name == "samples" and (run / "config.json").exists()


def split_by_hash(names: Sequence[str], share: float = 0.1, classes: Sequence[int] | None = None) -> list[bool]:
    """Choose the items of the test part, which training never sees: those whose names have the smallest SHA-256.

    The choice looks random, is the same on every machine, and hardly changes when items are added.

    Args:
        names: File names or other identifiers of the items; equal names stay together.
        share: Fraction of the test part, 0 to 1; at least one item of two.
        classes: The class of each item; then the fraction is taken from every class.

    Returns:
        For each item whether it is in the test part.
    """
    hashes = [hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest() for name in names]
    numbers = classes or [0] * len(names)
    hashes_by_class: dict[int, list[bytes]] = {}
    for number, value in zip(numbers, hashes, strict=True):
        hashes_by_class.setdefault(number, []).append(value)
    limits = {number: _largest_hash(values, share) for number, values in hashes_by_class.items()}
    return [value <= limits[number] for number, value in zip(numbers, hashes, strict=True)]


def _largest_hash(hashes: list[bytes], share: float) -> bytes:
    """Return the largest hash in the test part; for a single hash an empty one, which is below it."""
    if len(hashes) < 2:
        return b""
    count = max(1, round(share * len(hashes)))
    return sorted(hashes)[count - 1]


def read_valid(files: Sequence[Path], read: Callable[[Path], T]) -> tuple[list[T | None], str]:
    """Read files, skip those that cannot be used, and report these in one line on stderr.

    Args:
        files: The files to read.
        read: Reads one file; raises DataError if it cannot be used.

    Returns:
        The result for each file, None for a skipped one; and the line that reports the skipped files, or "".
    """
    results: list[T | None] = []
    problems: list[str] = []
    for file in tqdm(files, desc="reading", unit="file", leave=False, disable=None):
        try:
            results.append(read(file))
        except DataError as error:
            results.append(None)
            problems.append(str(error))
    if not problems:
        return results, ""
    more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
    line = f"Skipped {len(problems)} of {len(files)} files: {' '.join(problems[:3])}{more}"
    print(line, file=sys.stderr)
    return results, line
