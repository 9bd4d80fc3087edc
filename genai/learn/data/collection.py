"""The own data of one visitor, or of a class: items that come and go, and what is still missing."""

import threading
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genai.datasets.names import SEPARATORS, printable
from genai.errors import ConfigError, DataError, quoted
from genai.language.strings import Bilingual, both
from genai.learn.data import folder
from genai.learn.data.content import MAX_CHARACTERS, Content, Item, Picture, Sketch, Text
from genai.learn.data.raster import Form
from genai.text.data import MIN_CHARACTERS

Modality = Literal["text", "image", "audio"]
MODALITIES: tuple[Modality, ...] = ("text", "image", "audio")
MIN_ITEMS = 20
"""Drawings, pictures or sounds."""
MIN_IN_CLASS = 5
MAX_ITEMS = 400
MAX_BYTES = 30_000_000
"""Of all items of one collection."""
MAX_CLASSES = 10
MAX_NAME = 24
"""Characters of the name of a class."""
MAX_REPETITION = 25
"""A text that can be packed into less than this part of its length says the same again and again."""


class Collection:
    """Items of one modality. Several threads may add and remove items at the same time: none is lost.

    Args:
        id: By which the page names it; only who knows it can reach it.
        modality: Of all items.
        home: Folder in which the files are written, which is removed with the collection.
    """

    def __init__(self, id: str, modality: Modality, home: Path) -> None:  # noqa: A002 - the contract's name
        self.id = id
        self.modality = modality
        self._home = home
        self._lock = threading.RLock()
        self._items: dict[int, Item] = {}
        self._removed: list[Item] = []
        self._count = 0
        self._versions = 0
        self._form = Form()
        self._written: dict[tuple[object, ...], Path] = {}

    @property
    def items(self) -> list[Item]:
        """The items, in the order in which they came."""
        with self._lock:
            return [self._items[number] for number in sorted(self._items)]

    @property
    def counts(self) -> dict[str, int]:
        """How many items each class has, by its name."""
        return dict(Counter(item.label for item in self.items))

    @property
    def size(self) -> int:
        """Bytes of all items, removed ones too, which can be put back."""
        with self._lock:
            return sum(item.content.size for item in (*self._items.values(), *self._removed))

    def add(self, content: Content, label: str = "") -> Item:
        """Take an item.

        Raises:
            DataError: if it is there already, or there is no room for more.
            ConfigError: if the class has no proper name, or there are too many classes.
        """
        name = class_name(label)
        with self._lock:
            self._check_room(content, name)
            for other in self._items.values():
                if other.content.digest == content.digest:
                    raise DataError(
                        "This is the same as number {number}, and was not taken again. Make another.",
                        number=other.number,
                    )
            self._count += 1
            item = Item(self._count, name, content)
            self._items[item.number] = item
            self._versions += 1
            return item

    def _check_room(self, content: Content, label: str) -> None:
        if len(self._items) >= MAX_ITEMS or self.size + content.size > MAX_BYTES:
            raise DataError(
                "The collection is full: it holds {items} items and {megabytes} MB at most. Remove some first.",
                items=MAX_ITEMS,
                megabytes=MAX_BYTES // 10**6,
            )
        classes = {item.label for item in self._items.values()} | {label}
        if len(classes) > MAX_CLASSES:
            raise ConfigError("There are {count} classes already, which is the most.", count=MAX_CLASSES)
        if isinstance(content, Text) and self.characters + len(content.text) > MAX_CHARACTERS:
            raise DataError(
                "With this the text would have more than {most} characters, which is too much to learn here in "
                "minutes. Remove a part first.",
                most=f"{MAX_CHARACTERS:,}",
            )

    @property
    def characters(self) -> int:
        """Characters of all texts."""
        return sum(len(item.content.text) for item in self.items if isinstance(item.content, Text))

    def find(self, number: object) -> Item:
        """Return an item.

        Raises:
            ConfigError: if there is no item with this number.
        """
        with self._lock:
            if not isinstance(number, int) or number not in self._items:
                raise ConfigError("There is no item {value} here any more.", value=quoted(number))
            return self._items[number]

    def remove(self, number: object) -> Item:
        """Remove an item; `restore` puts it back.

        Raises:
            ConfigError: if there is no item with this number.
        """
        with self._lock:
            item = self.find(number)
            del self._items[item.number]
            self._removed.append(item)
            self._versions += 1
            return item

    def restore(self) -> Item:
        """Put back the item that was removed last.

        Raises:
            ConfigError: if none was.
        """
        with self._lock:
            if not self._removed:
                raise ConfigError("Nothing was removed that could be put back.")
            item = self._removed.pop()
            self._items[item.number] = item
            self._versions += 1
            return item

    def clear(self) -> None:
        """Remove all items for good."""
        with self._lock:
            self._items.clear()
            self._removed.clear()
            self._versions += 1

    def problems(self) -> list[Bilingual]:
        """Return what must be mended before a training can start, each with its remedy; empty if nothing."""
        with self._lock:
            return self._text_problems() if self.modality == "text" else self._item_problems()

    @property
    def is_ready(self) -> bool:
        """Whether a training can start."""
        return not self.problems()

    def _text_problems(self) -> list[Bilingual]:
        count = self.characters
        if count < MIN_CHARACTERS:
            missing = MIN_CHARACTERS - count
            return [
                both(
                    "learn.train.few_characters",
                    count=f"{count:,}",
                    least=f"{MIN_CHARACTERS:,}",
                    missing=f"{missing:,}",
                )
            ]
        whole = self.text().encode()
        if len(whole) > MAX_REPETITION * len(zlib.compress(whole, 1)):
            return [both("learn.train.repeats")]
        return []

    def _item_problems(self) -> list[Bilingual]:
        counts = self.counts
        total = sum(counts.values())
        problems = []
        if total < MIN_ITEMS:
            key = "learn.train.few_sounds" if self.modality == "audio" else "learn.train.few_pictures"
            problems.append(both(key, count=total, least=MIN_ITEMS, missing=MIN_ITEMS - total))
        if len(counts) > 1:
            if "" in counts:
                problems.append(both("learn.train.unnamed", count=counts[""]))
            few = {name: count for name, count in counts.items() if name and count < MIN_IN_CLASS}
            problems += [
                both("learn.train.few_in_class", name=name, count=count, least=MIN_IN_CLASS)
                for name, count in few.items()
            ]
        return problems

    def text(self) -> str:
        """Return all texts, one after the other."""
        pieces = [item.content.text for item in self.items if isinstance(item.content, Text)]
        return "".join(piece if piece.endswith("\n") else f"{piece}\n" for piece in pieces)

    def folder(self, form: Form | None = None) -> Path:
        """Write the data as the commands read it, and return the path: of a text its file, else of a folder.

        Args:
            form: Of pictures; None is that of `fashion`.

        Raises:
            DataError: if there is too little, or the disk is full.
        """
        chosen = form or Form()
        with self._lock:
            problems = self.problems()
            if problems:
                raise DataError("{sentence}", sentence=problems[0])
            self._form = chosen
            key = (self._versions, chosen)
            if key not in self._written:
                target = self._home / str(len(self._written) + 1)
                self._written[key] = self._write(target, chosen)
            return self._written[key]

    def pictures(self) -> list[NDArray[np.uint8]]:
        """Return the drawings and pictures themselves, without variations, as they were written last.

        Raises:
            DataError: if there are none.
        """
        with self._lock:
            found = [item.content for item in self.items if isinstance(item.content, Sketch | Picture)]
            if not found:
                raise DataError("There are no pictures here to compare with.")
            return [content.picture(self._form) for content in found]

    def _write(self, target: Path, form: Form) -> Path:
        if self.modality == "text":
            return folder.write_text(target, self.text())
        if self.modality == "audio":
            return folder.write_sounds(target, self.items)
        return folder.write_pictures(target, self.items, form)

    def to_json(self) -> dict[str, Any]:
        """Return what the page says above the wall."""
        with self._lock:
            problems = self.problems()
            return {
                "id": self.id,
                "modality": self.modality,
                "count": len(self._items),
                "characters": self.characters,
                "classes": [{"name": name, "count": count} for name, count in self.counts.items()],
                "problems": problems,
                "ready": not problems,
                "undo": bool(self._removed),
                "drawn": sum(isinstance(item.content, Sketch) for item in self._items.values()),
            }


def class_name(value: object) -> str:
    """Return the name of a class, which becomes that of a folder.

    Raises:
        ConfigError: if it is too long, or has characters that a folder's name must not have.
    """
    if not isinstance(value, str):
        raise ConfigError("The name of a class must be a word.")
    name = printable(value.encode("utf-8", "ignore").decode()).strip()
    if len(name) > MAX_NAME or name.startswith((".", "__")) or any(letter in SEPARATORS for letter in name):
        raise ConfigError(
            "{value} cannot be the name of a class: it must be a word of at most {most} characters, without signs "
            "such as / or :.",
            value=quoted(value),
            most=MAX_NAME,
        )
    return name


def total_size(collections: Sequence[Collection]) -> int:
    """Return the bytes of all items of collections."""
    return sum(collection.size for collection in collections)
