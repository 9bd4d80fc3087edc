"""What is kept of a run: its settings, its history, its cost and its figures, as one small JSON file."""

import base64
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genai.atomic_write import atomic_write
from genai.checkpoint import SHIPPED
from genai.errors import CheckpointError

FOLDER = SHIPPED / "pairs"


@dataclass(frozen=True)
class Record:
    """A run.

    Args:
        modality: text, image or audio.
        settings: Of the training, as a header has them.
        items: What it learnt from: pictures or sounds, or characters of a text.
        steps: How many it made.
        minutes: Of one processor core, as far as the run's process was really computing.
        machine: Where.
        torch: Version.
        history: Moments, as in a header.
        curve: Numbers logged, by name, as in a header.
        figures: Of quality, as in a header.
        files: Base64 of the files of the moments, by name, as `history_answer` takes them.
    """

    modality: str
    settings: dict[str, Any]
    items: int
    steps: int
    minutes: float
    machine: str
    torch: str
    history: list[dict[str, Any]]
    curve: dict[str, list[float | None]]
    figures: dict[str, Any]
    files: dict[str, str]

    @property
    def contents(self) -> dict[str, bytes]:
        """The files of the moments, by name."""
        return {name: base64.b64decode(content) for name, content in self.files.items()}


def encode(files: dict[str, bytes]) -> dict[str, str]:
    """Return files as a record holds them."""
    return {name: base64.b64encode(content).decode("ascii") for name, content in files.items()}


def write(name: str, record: Record, folder: Path = FOLDER) -> Path:
    """Write the record of a run; return the path of the file.

    Raises:
        DataError: if it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(asdict(record), ensure_ascii=False) + "\n", "utf-8")
    return path


@cache
def read(name: str, folder: Path = FOLDER) -> Record:
    """Read the record of a run.

    Raises:
        CheckpointError: if it is missing or broken.
    """
    path = folder / f"{name}.json"
    try:
        return Record(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(
            "The file {file} of the shipped runs is missing or broken: get it again from the repository, or write "
            "it with `python -m genai.learn.improve.make`.",
            file=path.name,
        ) from error
