"""A file that a run saves again and again: the one before is kept, and is read where the newest is broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from genai.atomic_write import atomic_write
from genai.errors import DataError

T = TypeVar("T")


class SavedFile(Generic[T]):
    """A file and the one before, which is named NAME.previous.

    Args:
        path: Of the file.
        parse: Reads it; raises any exception if it is broken.
    """

    def __init__(self, path: Path, parse: Callable[[Path], T]) -> None:
        self.path = path
        self.previous = path.with_name(f"{path.name}.previous")
        self.problem = ""
        """What is wrong with the newest file, if the one before was read instead."""
        self._parse = parse

    def read(self) -> T | None:
        """Return the content of the newest file that can be read; None if none was saved yet.

        Raises:
            DataError: if there are files, and none can be read.
        """
        problem = "it is missing"  # a kill came between the two renames of a save
        for path in (self.path, self.previous):
            if not path.exists():
                continue
            try:
                content = self._parse(path)
            except MemoryError:
                raise
            except Exception as error:  # broken files make torch.load raise many kinds
                problem = str(error).partition("\n")[0] or type(error).__name__
            else:
                self.problem = problem if path == self.previous else ""
                return content
        if not self.path.exists() and not self.previous.exists():
            return None
        raise DataError(
            "{file} cannot be read ({reason}), and there is no whole one before it: put back a copy of it, or "
            "delete its folder to begin the run anew.",
            file=str(self.path),
            reason=problem,
        )

    def write(self, content: bytes | memoryview) -> None:
        """Replace the file, and keep it as the one before; on a full disk the one before makes room.

        Raises:
            DataError: if it cannot be written; what can be read stays.
        """
        if self.problem:  # the one before is the only whole one: it is kept until this one is written
            self._write(content, previous=None)
            self.problem = ""
            return
        try:
            self._write(content, previous=self.previous)
        except DataError:
            if not self.path.exists() or not self.previous.exists():
                raise
            self.previous.unlink()
            self._write(content, previous=None)

    def _write(self, content: bytes | memoryview, previous: Path | None) -> None:
        with atomic_write(self.path, previous=previous) as temporary:
            temporary.write_bytes(content)
