"""The models of a tab: each is loaded at its first use, and shared by all visitors."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from genai import checkpoint
from genai.checkpoint import Entry, own
from genai.checkpoint.header import Header
from genai.errors import CheckpointError, ConfigError, quoted

Model = TypeVar("Model")
Loaded = TypeVar("Loaded", covariant=True)
Available = Callable[[str, Path | None], list[Entry]]


class Loader(Protocol[Loaded]):
    """A facade's load function."""

    def __call__(self, name_or_path: str, *, device: str | None, folder: Path | None) -> Loaded:
        """Load a checkpoint by its name."""


class Registry(Generic[Model]):
    """The checkpoints of one modality, and the models loaded from them.

    Only names of files in the folder are accepted: a name that a visitor sends is never used as a path.

    Args:
        modality: "text", "image" or "audio".
        load: The facade's load function.
        preferred: Name of the checkpoint to begin with.
        device: Where the models run, such as "cpu"; None chooses.
        folder: Where the checkpoints are; None is the repository's own.
        available: Lists the checkpoints of a modality in a folder.
    """

    def __init__(
        self,
        modality: str,
        load: Loader[Model],
        preferred: str = "",
        device: str | None = None,
        folder: Path | None = None,
        available: Available = checkpoint.available,
    ) -> None:
        self.modality = modality
        entries = put_first(preferred, available(modality, folder))
        self.entries: dict[str, Entry] = {entry.name: entry for entry in entries}
        self._load = load
        self._device = device
        self.folder = folder
        self._models: dict[str, Model] = {}
        self._own: dict[str, Entry] = {}  # models of visitors, which no list shows
        self._own_lock = threading.Lock()
        self._locks = {name: threading.Lock() for name in self.entries}  # one each: loading one blocks no other

    @property
    def names(self) -> list[str]:
        """Names of the checkpoints whose files can be read, in the order of `put_first`."""
        return [name for name, entry in self.entries.items() if entry.header is not None]

    @property
    def problems(self) -> list[CheckpointError]:
        """Errors of the checkpoints whose files cannot be read."""
        return [entry.problem for entry in self.entries.values() if entry.problem is not None]

    @property
    def first(self) -> str | None:
        """Name of the checkpoint to begin with: the preferred one if it is there; None if there are none."""
        return next(iter(self.names), None)

    def header(self, name: object) -> Header:
        """Return the header of a checkpoint.

        Args:
            name: Any value that a request may hold; None is refused like an unknown name.

        Raises:
            CheckpointError: if there are no checkpoints, or the file of this one is broken.
            ConfigError: if there is no checkpoint of this name.
        """
        if not self.entries or (name is None and not self.names):
            raise CheckpointError(
                "There are no {models} here yet. Train one with `{command}`, or put a .safetensors file into the "
                "folder {folder}; then start the page again.",
                models=f"{self.modality} models",
                command=f"python -m genai.{self.modality}.training",
                folder=(self.folder or checkpoint.SHIPPED) / self.modality,
            )
        entry = self.entry(name)
        if entry is None:
            raise ConfigError(
                "There are no {models} called {name}. There are: {known}.",
                models=f"{self.modality} models",
                name=quoted(name),
                known=", ".join(self.names) or "none",
            )
        if entry.header is None:
            assert entry.problem is not None  # an entry has either a header or a problem
            raise entry.problem
        return entry.header

    def entry(self, name: object) -> Entry | None:
        """Return the file of a checkpoint, or of a visitor's own model; None if there is none of this name."""
        if not isinstance(name, str):
            return None
        return self.entries.get(name) or self._own_entry(name)

    def path(self, name: object) -> Path:
        """Return the path of a checkpoint.

        Args:
            name: As of `header`, with its errors.
        """
        self.header(name)
        entry = self.entry(name)
        assert entry is not None  # it has a header
        return entry.path

    def _own_entry(self, name: str) -> Entry | None:
        """Return the file of a visitor's own model; those that were removed since are forgotten."""
        with self._own_lock:
            for other in [other for other in self._own if own.find(other, self.modality) is None]:
                del self._own[other]
                self._models.pop(other, None)
                self._locks.pop(other, None)
            path = own.find(name, self.modality)
            if path is not None and name not in self._own:
                self._own[name] = checkpoint.read_entry(path, self.modality)
            return self._own.get(name)

    def get(self, name: object) -> Model:
        """Return the model of a name; the first call loads it.

        Args:
            name: As of `header`.

        Raises:
            CheckpointError: if there are no checkpoints, or the file of this one cannot be used.
            ConfigError: if there is no checkpoint of this name.
        """
        self.header(name)
        assert isinstance(name, str)  # `header` refuses all else
        with self._locks.setdefault(name, threading.Lock()):
            model = self._models.get(name)
            if model is None:
                model = self._models[name] = self._load_model(name)
            return model  # a visitor's own may be forgotten by now

    def _load_model(self, name: str) -> Model:
        """Load a model; refuse a file that was replaced since the page has read its header."""
        model = self._load(name, device=self._device, folder=self.folder)
        if getattr(model, "header", None) not in (None, self.header(name)):
            raise replaced_error(name)
        return model


def replaced_error(name: str) -> CheckpointError:
    """Return the error for a checkpoint whose file is not the one that was there at the start of the page."""
    return CheckpointError(
        "The file of {name} was replaced while the page is open: start the page again to use the new one.",
        name=name,
    )


def put_first(preferred: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with that of a name first, then the others of its data set; the rest keep their order."""
    data_sets = {entry.header.data_set for entry in entries if entry.header and entry.name == preferred}

    def place(entry: Entry) -> tuple[bool, bool]:
        shares_data = entry.header is not None and entry.header.data_set in data_sets
        return entry.name != preferred, not shares_data

    return sorted(entries, key=place)
