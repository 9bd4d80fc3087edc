"""The training data of a GAN, pictures or sounds: a training part and a test part, both with labels."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import torch
from torch import Tensor

from genai.datasets import folders
from genai.datasets.card import OWN, DataCard
from genai.datasets.fingerprint import fingerprint
from genai.datasets.names import folder_name, printable, short_name
from genai.errors import DataError
from genai.labels import Labels
from genai.quality.attributes import NOTHING_KNOWN, KnownAttributes
from genai.quality.data_identity import DataIdentity, identity_of_card
from genai.quality.shipped_networks import LabelledItems

T = TypeVar("T")


@dataclass(frozen=True)
class GanData:
    """A training part and a test part.

    Args:
        train: (N, ...), as they are stored.
        train_labels: (N,), numbers of the classes; all 0 without classes.
        test: Items that training never sees, (M, ...).
        test_labels: (M,).
        labels: The names of the classes; empty without classes.
        card: Title, licence and source of the set.
        train_ids: The name of each item of the training part in its source.
        sample_rate: Of sounds, in Hz; 0 for pictures.
        known: Attributes of the items besides their classes, if any are known.
        train_weights: How often each item of the training part is drawn, (N,), in proportion; None draws all alike.
        train_variants: (N,), numbers of the variants, which `labels` names; None without variants.
        test_variants: (M,).
        loaded_sha256: The fingerprint of the data that this was converted from; empty if it is as it was loaded.
    """

    modality: ClassVar[str]
    """image or audio."""

    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor
    labels: Labels
    card: DataCard
    train_ids: Sequence[str]
    sample_rate: int = 0
    known: KnownAttributes = NOTHING_KNOWN
    train_weights: Tensor | None = None
    train_variants: Tensor | None = None
    test_variants: Tensor | None = None
    loaded_sha256: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of both parts as they were loaded: items, labels, names of the classes, sample rate."""
        return self.loaded_sha256 or self.content_sha256

    @cached_property
    def content_sha256(self) -> str:
        """The same of both parts as they are here."""
        names = json.dumps(self.labels.names, sort_keys=True)
        return fingerprint(self.train, self.train_labels, self.test, self.test_labels, names, str(self.sample_rate))

    @cached_property
    def train_conditions(self) -> Tensor:
        """What a network is told of each item of the training part, (N,): class and variant, if any."""
        return _conditions(self.labels, self.train_labels, self.train_variants)

    @cached_property
    def test_conditions(self) -> Tensor:
        """The same of the test part, (M,)."""
        return _conditions(self.labels, self.test_labels, self.test_variants)

    @property
    def class_shares(self) -> list[float]:
        """Share of each class in the training part; empty without classes."""
        counts = torch.bincount(self.train_labels, minlength=len(self.labels))
        return [round(count / len(self.train), 4) for count in counts.tolist()] if self.labels else []

    @property
    def variant_shares(self) -> tuple[tuple[float, ...], ...]:
        """For each class, the share of each variant in its items of the training part; without items all alike."""
        shape = (len(self.labels), len(self.labels.variants))
        counts = torch.bincount(self.train_conditions, minlength=shape[0] * shape[1]).view(shape)
        counts[counts.sum(dim=1) == 0] = 1
        shares = counts / counts.sum(dim=1, keepdim=True)
        return tuple(tuple(round(share, 4) for share in row) for row in shares.tolist())

    @property
    def identity(self) -> DataIdentity:
        """By which files that were made from it are told from those of other data with the same name."""
        return identity_of_card(self.modality, self.card, self.fingerprint)

    def draw_rows(self, count: int, rng: torch.Generator) -> Tensor:
        """Draw rows (B,) of the training part, with replacement."""
        if self.train_weights is None:
            return torch.randint(len(self.train), (count,), generator=rng)
        return torch.multinomial(self.train_weights, count, replacement=True, generator=rng)

    @classmethod
    def split(
        cls,
        items: Tensor,
        classes: Sequence[int],
        names: Sequence[str],
        in_test_part: Sequence[bool],
        variants: Sequence[int] | None = None,
        **fields: Any,  # noqa: ANN401
    ) -> Self:
        """Split N items into the training part and the test part.

        Args:
            items: (N, ...).
            classes: The class of each.
            names: The name of each in its source.
            in_test_part: Whether each belongs to the test part.
            variants: The variant of each; None without variants.
            fields: `labels`, `card`, and for sounds `sample_rate`.
        """
        labels = torch.tensor(classes, dtype=torch.long)
        test = torch.tensor(in_test_part)
        train_ids = [name for name, tested in zip(names, in_test_part, strict=True) if not tested]
        if variants is not None:
            numbers = torch.tensor(variants, dtype=torch.long)
            fields |= {"train_variants": numbers[~test], "test_variants": numbers[test]}
        return cls(items[~test], labels[~test], items[test], labels[test], train_ids=train_ids, **fields)

    @staticmethod
    def to_pictures(items: Tensor) -> Tensor:
        """Convert items as they are stored to what a feature network reads, (N, C, H, W)."""
        raise NotImplementedError

    def check_test_part(self, least: int = 1) -> None:
        """Check that there are items that training never sees.

        Args:
            least: How many are needed.

        Raises:
            DataError: if there are fewer.
        """
        if len(self.test) < least:
            raise DataError(
                "Of {name}, {count} files are held back to test on, and at least {least} are needed. A tenth of "
                "each folder is, and none of a folder with a single file: put more files into each folder, or all "
                "of them into one.",
                name=self.card.name,
                count=len(self.test),
                least=least,
            )

    @property
    def labelled_test(self) -> LabelledItems:
        """The test part in the form that a feature network reads."""
        return LabelledItems(self.to_pictures(self.test), self.test_labels)


def _conditions(labels: Labels, classes: Tensor, variants: Tensor | None) -> Tensor:
    return classes if variants is None else classes * len(labels.variants) + variants


@dataclass(frozen=True)
class FolderItems(Generic[T]):
    """The usable files of a folder.

    Args:
        items: The content of each.
        classes: The class of each, a number; 0 for all in a folder without classes.
        files: Their paths.
        labels: The names of the classes; empty without classes.
        card: With the folder's name.
        skipped: A line that reports the files that are not used, by kind, or "".
    """

    items: list[T]
    classes: list[int]
    files: list[Path]
    labels: Labels
    card: DataCard
    skipped: str


def read_folder(
    folder: Path, suffixes: Collection[str], read: Callable[[Path], T], remedies: Mapping[str, str]
) -> FolderItems[T]:
    """Read a folder of one's own files; its subfolders with usable files, if there are several, are the classes.

    Args:
        folder: Its name becomes that of the set.
        suffixes: Of the files to read, lower case, with the point.
        read: Reads one file; raises DataError for a file that cannot be used.
        remedies: By extension, what to do with files of a kind that is not read.

    Raises:
        DataError: if files lie both in the folder and in its subfolders.
    """
    listing = folders.list_files(folder, suffixes)
    contents, problems = folders.read_valid(listing.files, read)
    name = folder_name(folder)
    title = printable(name)
    usable = [row for row, content in enumerate(contents) if content is not None]
    classes, labels = _number_anew([listing.classes[row] for row in usable], listing.labels)
    return FolderItems(
        items=[content for content in contents if content is not None],
        classes=classes,
        files=[listing.files[row] for row in usable],
        labels=labels,
        card=DataCard(short_name(name), {"en": title, "zh-CN": title}, *OWN, title),
        skipped=folders.report_skipped(listing, problems, remedies),
    )


def _number_anew(classes: Sequence[int], labels: Labels) -> tuple[list[int], Labels]:
    """Leave out the classes without any item, and number the others anew; a single class is treated as none.

    Args:
        classes: The class of each item.
        labels: The names of all classes; empty without classes.
    """
    found = sorted(set(classes))
    numbers = {old: new for new, old in enumerate(found)}
    names = tuple(labels.names[old] for old in found) if labels else ()
    return [numbers[old] for old in classes], Labels(names if len(names) > 1 else ())
