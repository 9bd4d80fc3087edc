"""One run that a server knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from genai.checkpoint.header import Header
from genai.learn.runs.curves import Curves
from genai.learn.runs.files import RunFiles, Status
from genai.learn.runs.process import Worker
from genai.ui.views.files import serve_file

ITEM = {"text": "", "image": "size", "audio": "samples"}
"""Setting that says how large one item of a sample is."""


@dataclass(eq=False)
class LiveRun:
    """A run that this server knows.

    Args:
        files: Its files.
        visitor: Who started it.
        start: Header of the model that it goes on from.
        looked: When somebody looked at it last, by the server's clock.
        worker: Its process, while it trains.
        curves: Its log.
        used: Names of its models in the tabs, by the steps at which they were put there.
        served: The file of its model that browsers may fetch, and of which step.
    """

    files: RunFiles
    visitor: str
    start: Header | None
    looked: float
    worker: Worker | None = None
    curves: Curves | None = None
    used: dict[int, str] = field(default_factory=dict)
    served: tuple[int, str] | None = None
    moment: dict[str, Any] | None = None
    sent: object = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.spec = self.files.spec()

    def check(self, values: Mapping[str, Any], device: str | None, checkpoints: Path | None) -> None:
        """Check values of settings together with the others.

        Raises:
            ConfigError: if they exclude each other.
        """
        settings = {**self.spec.settings, **values}
        replace(self.spec, settings=settings).config(self.files.trainings, device, checkpoints)

    def item(self, device: str | None, checkpoints: Path | None) -> int:
        """Return how large one item of a sample is; 0 of a text."""
        name = ITEM[self.spec.modality]
        if not name:
            return 0
        return int(getattr(self.spec.config(self.files.trainings, device, checkpoints), name))

    def checkpoint(self) -> Path | None:
        """Return the file of its model; None before there is one."""
        status = self.files.status()
        path = self.files.folder / status.checkpoint
        return path if status.checkpoint and path.is_file() else None

    def address(self, status: Status) -> str | None:
        """Return where a browser can fetch the model; None before there is one."""
        path = self.checkpoint()
        if path is None:
            return None
        if self.served is None or self.served[0] != status.step or not Path(self.served[1]).is_file():
            served = serve_file(path.read_bytes(), path.name)
            self.served = (status.step, str(served["path"]))  # type: ignore[index]  # a dictionary, as Gradio sends it
        return f"gradio_api/file={self.served[1]}"

    def logged(self, status: Status) -> dict[str, list[float | None]]:
        """Return the curves up to now, thinned; without a step before the training begins."""
        if not status.folder:
            return {"step": []}
        if self.curves is None:
            self.curves = Curves(self.files.folder / status.folder / "metrics.jsonl")
        self.curves.update()
        return self.curves.thinned()
