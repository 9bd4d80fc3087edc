"""A folder of one's own files to train on: which files, which classes, which are held out, which are broken."""

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from genai.errors import DataError
from genai.labels import Labels

T = TypeVar("T")


@dataclass(frozen=True)
class FolderListing:
    """What lies in a folder.

    Args:
        files: In the order of their names, without regard to the folders they are in.
        classes: The class of each file, a number; 0 for all in a folder without classes.
        labels: The names of the classes, which are those of the subfolders; empty without classes.
    """

    files: list[Path]
    classes: list[int]
    labels: Labels


def list_files(folder: Path, suffixes: Collection[str]) -> FolderListing:
    """List the files of a folder: its own, or, if it has none, those of its subfolders, which are the classes.

    Args:
        folder: Names that begin with a point or with __ are passed over, and so are folders without such files.
        suffixes: Endings of the files that count, lower case, with the point.

    Raises:
        DataError: if files lie both in the folder and in its subfolders.
    """
    groups: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.suffix.lower() in suffixes and path.is_file() and not any(p.startswith((".", "__")) for p in parts):
            groups.setdefault(parts[0] if len(parts) > 1 else "", []).append(path)
    if "" in groups and len(groups) > 1:
        raise DataError(
            "{folder} holds files such as {file} beside folders of files: put every file into a folder named "
            "after its class, or all of them into one folder.",
            folder=str(folder),
            file=groups[""][0].name,
        )
    # One class is no choice: such a folder is as good as one without classes.
    names = sorted(groups) if len(groups) > 1 else []
    files = [path for name in sorted(groups) for path in groups[name]]
    classes = [index for index, name in enumerate(sorted(groups)) for _ in groups[name]]
    return FolderListing(files, classes, Labels(tuple({"en": name, "zh-CN": name} for name in names)))


def held_out(names: Sequence[str], share: float = 0.1, classes: Sequence[int] | None = None) -> list[bool]:
    """Choose what training never sees: the names with the smallest SHA-256.

    So the choice looks random, is the same on every machine, and hardly changes when something is added.

    Args:
        names: File names, or whatever else tells the items apart; equal names stay together.
        share: How many of them, 0 to 1; at least one of two.
        classes: The class of each; then the share is taken of every class.
    """
    hashes = [hashlib.sha256(name.encode()).digest() for name in names]
    numbers = classes or [0] * len(names)
    groups: dict[int, list[bytes]] = {}
    for number, value in zip(numbers, hashes, strict=True):
        groups.setdefault(number, []).append(value)
    limits = {number: _smallest(values, share) for number, values in groups.items()}
    return [value <= limits[number] for number, value in zip(numbers, hashes, strict=True)]


def _smallest(values: list[bytes], share: float) -> bytes:
    """The largest of the share of values that are the smallest; below all of them if there is only one."""
    if len(values) < 2:
        return b""
    return sorted(values)[max(1, round(share * len(values))) - 1]


def read_valid(files: Sequence[Path], read: Callable[[Path], T]) -> tuple[list[T | None], str]:
    """Read files, passing over those that cannot be used and saying so in one line on stderr.

    Args:
        files: What to read.
        read: Reads one file; raises DataError for a file that cannot be used.

    Returns:
        What was read, None in the place of a file that cannot be used; and the line about these, or "".
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
