"""Your own folder of files to train on: list them, find the classes, hold some out, skip broken ones."""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from genai.datasets.names import printable
from genai.errors import DataError
from genai.labels import Labels

T = TypeVar("T")
VARIATION = re.compile(r"~\d+(?=\.[^./]*$)")


@dataclass(frozen=True)
class FolderListing:
    """The files of a folder and their classes.

    Args:
        files: Their paths, class by class.
        classes: The number of each file's class; all 0 in a folder without classes.
        labels: The names of the classes, which are those of the subfolders; empty without classes.
        others: How many files have an extension that is not read, by extension.
    """

    files: list[Path]
    classes: list[int]
    labels: Labels
    others: Counter[str] = field(default_factory=Counter)


def list_files(folder: Path, suffixes: Collection[str]) -> FolderListing:
    """List the files of a folder, or, if they all lie in subfolders, those of the subfolders as classes.

    Args:
        folder: The folder; names in it that begin with a dot or with __ are ignored, and folders of runs. Links
            are followed.
        suffixes: Extensions of the files to list, lower case, with the dot.

    Raises:
        DataError: if files lie both in the folder and in its subfolders, or a folder cannot be read.
    """
    groups: dict[str, list[Path]] = {}
    others: Counter[str] = Counter()
    for path in sorted(_walk(folder, (folder.resolve(),))):
        parts = path.relative_to(folder).parts
        suffix = path.suffix.lower()
        if not path.is_file():
            others["links that lead nowhere"] += 1
        elif suffix not in suffixes:
            others[suffix or "without an extension"] += 1
        else:
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
    return FolderListing(files, classes, Labels(tuple({"en": name, "zh-CN": name} for name in names)), others)


def _walk(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the paths of the files below a folder, those in linked folders too.

    Args:
        folder: To look into.
        above: The folder and those around it, without links: one of them linked from within is not entered again.
    """
    try:
        paths = list(folder.iterdir())
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=str(folder), reason=str(error)) from error
    for path in paths:
        if path.name.startswith((".", "__")):
            continue
        if not path.is_dir():
            yield path
        elif path.resolve() not in above and not _is_run(path):
            yield from _walk(path, (*above, path.resolve()))


def _is_run(folder: Path) -> bool:
    """Return whether a folder is that of a run: a run lies within its data where that is the current folder."""
    return (folder / "config.json").exists() and (folder / "samples").exists()


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


def variation_name(name: str, number: int) -> str:
    """Return the name of a file that holds a variation of another one, such as the same drawing turned a little.

    Args:
        name: Of the other file, such as "7.png".
        number: Of the variation, such as 12, which is then called "7~12.png".
    """
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}~{number}{dot}{suffix}"


def original_name(name: str) -> str:
    """Return the name of the file that a file is a variation of; its own name for any other file.

    Variations must not be divided between the training part and the test part: they are split by this name.
    """
    return VARIATION.sub("", name)


def _largest_hash(hashes: list[bytes], share: float) -> bytes:
    """Return the largest hash in the test part; for a single hash an empty one, which is below it."""
    if len(hashes) < 2:
        return b""
    count = max(1, round(share * len(hashes)))
    return sorted(hashes)[count - 1]


def read_valid(files: Sequence[Path], read: Callable[[Path], T]) -> tuple[list[T | None], list[DataError]]:
    """Read files, and skip those that cannot be used.

    Args:
        files: The files to read.
        read: Reads one file; raises DataError if it cannot be used.

    Returns:
        The result for each file, None for a skipped one; and the errors of the skipped files.
    """
    results: list[T | None] = []
    problems: list[DataError] = []
    for file in tqdm(files, desc="reading", unit="file", leave=False, disable=None):
        try:
            results.append(read(file))
        except DataError as error:
            results.append(None)
            problems.append(error)
    return results, problems


def report_skipped(listing: FolderListing, problems: Sequence[DataError], remedies: Mapping[str, str]) -> str:
    """Report the files that are not used, counted by kind, in one line on stderr.

    Args:
        listing: Of the folder.
        problems: Of its files that cannot be used.
        remedies: By extension, what to do with files of a kind that is not read.

    Returns:
        The line; "" if all files are used.
    """
    by_kind: dict[str, list[str]] = {}
    for problem in problems:
        by_kind.setdefault(problem.template, []).append(str(problem))
    sentences = []
    if problems:
        sentences.append(f"Skipped {len(problems)} of {len(listing.files)} files.")
    for examples in by_kind.values():
        more = f" So it is with {len(examples) - 1} more." if len(examples) > 1 else ""
        sentences.append(f"{examples[0]}{more}")
    if listing.others:
        counts = ", ".join(f"{count} {kind}" for kind, count in listing.others.most_common())
        sentences.append(f"Files of kinds that are not read: {counts}.")
    sentences += dict.fromkeys(remedies[kind] for kind in listing.others if kind in remedies)
    line = " ".join(sentences)
    if line:
        print(line, file=sys.stderr)
    return line
