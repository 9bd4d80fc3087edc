"""The models that a tab can use: each is loaded once, when it is first asked for, and shared by all."""

import threading
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from genai import checkpoint
from genai.checkpoint import Entry
from genai.checkpoint.header import Header
from genai.errors import CheckpointError, ConfigError, quoted

Model = TypeVar("Model")
Loaded = TypeVar("Loaded", covariant=True)


class Loader(Protocol[Loaded]):
    """A facade's load function."""

    def __call__(self, name_or_path: str, *, device: str | None, folder: Path | None) -> Loaded:
        """Load a checkpoint by its name."""


class Registry(Generic[Model]):
    """The checkpoints of one modality and the models made of them.

    Only names that were found in the folder are loaded: a name from outside is never taken for a path.

    Args:
        modality: "text", "image" or "audio".
        load: The facade's load function.
        preferred: Name of the one to begin with.
        device: Where the models run; None chooses.
        folder: Where the checkpoints are; None is the repository's own.
    """

    def __init__(
        self,
        modality: str,
        load: Loader[Model],
        preferred: str = "",
        device: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self.modality = modality
        found = sorted(checkpoint.available(modality, folder), key=lambda entry: entry.name != preferred)
        self.entries: dict[str, Entry] = {entry.name: entry for entry in found}
        self._load, self._device, self._folder = load, device, folder
        self._models: dict[str, Model] = {}
        self._locks = {name: threading.Lock() for name in self.entries}  # who asks for one waits for no other

    @property
    def names(self) -> list[str]:
        """Names of the usable checkpoints."""
        return [name for name, entry in self.entries.items() if entry.header is not None]

    @property
    def problems(self) -> list[CheckpointError]:
        """What is wrong with the others."""
        return [entry.problem for entry in self.entries.values() if entry.problem is not None]

    @property
    def first(self) -> str | None:
        """The checkpoint to begin with: the preferred one if it is there; None without any."""
        return next(iter(self.names), None)

    def header(self, name: str | None) -> Header:
        """What a checkpoint says about itself.

        Raises:
            CheckpointError: if there is none at all or its file is broken.
            ConfigError: if there is none of this name.
        """
        if not self.entries or (name is None and not self.names):
            raise CheckpointError(
                "There are no {models} here yet. Train one with `{command}`, or put a .safetensors file into the "
                "folder {folder}; then start the page again.",
                models=f"{self.modality} models",
                command=f"python -m genai.{self.modality}.training",
                folder=(self._folder or checkpoint.SHIPPED) / self.modality,
            )
        entry = self.entries.get(name) if isinstance(name, str) else None
        if entry is None:
            raise ConfigError(
                "There are no {models} called {name}. There are: {known}.",
                models=f"{self.modality} models",
                name=quoted(name),
                known=", ".join(self.names) or "none",
            )
        if entry.header is None:
            assert entry.problem is not None  # one of the two is always there
            raise entry.problem
        return entry.header

    def get(self, name: str | None) -> Model:
        """The model of a name, loaded if need be.

        Raises:
            CheckpointError: if its file cannot be used.
            ConfigError: if there is none of this name.
        """
        self.header(name)
        assert name is not None
        with self._locks[name]:
            if name not in self._models:
                self._models[name] = self._fresh(name)
            return self._models[name]

    def _fresh(self, name: str) -> Model:
        """Load a model; what the page already says of it comes from the file that was there at the start."""
        model = self._load(name, device=self._device, folder=self._folder)
        if getattr(model, "header", None) not in (None, self.entries[name].header):
            raise CheckpointError(
                "The file of {name} was replaced while the page is open: start the page again to use the new one.",
                name=name,
            )
        return model
