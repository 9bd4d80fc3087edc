"""The models that trainings have kept of their moments, for the views that look into a model.

Such a model has the name RUN/STEP: who knows the id of a run may look into it.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.errors import ConfigError, quoted
from genai.learn.runs.live import LiveRun
from genai.learn.runs.manager import Runs
from genai.serving.models import Loader, Model, Registry

MOST_LOADED = 3
"""Models in memory; a large one takes 30 MB."""


@dataclass(frozen=True)
class Moment:
    """A moment of a run whose model was kept."""

    run: LiveRun
    step: int
    model: Path

    @property
    def version(self) -> int:
        """Changes where a run that was resumed comes to the same step again, perhaps by another way."""
        return self.model.stat().st_mtime_ns


def find_moment(runs: Runs, name: object) -> Moment:
    """Find a moment by the name of its model.

    Raises:
        ConfigError: if that moment's model was not kept, or was removed.
        DataError: if there is no such run.
    """
    run_id, _, step = name.partition("/") if isinstance(name, str) else ("", "", "")
    run = runs.get(run_id)
    path = run.files.models().get(int(step)) if step.isascii() and step.isdecimal() and len(step) < 10 else None
    if path is None:
        raise ConfigError("The network of step {step} was not kept: choose another moment.", step=quoted(step))
    return Moment(run, int(step), path)


class KeptModels(Registry[Model], Generic[Model]):
    """The models of one modality: `get` loads them from the folders of the runs.

    Args:
        runs: Of the server.
        modality: text, image or audio.
        load: The facade's load function.
        device: Where the models run; None chooses.
        folder: Of the checkpoints, beside which the indexes of training items are; None is the repository's own.
    """

    def __init__(
        self, runs: Runs, modality: str, load: Loader[Model], device: str | None = None, folder: Path | None = None
    ) -> None:
        super().__init__(modality, load, device=device, folder=folder)
        self._runs = runs
        self._device_here = device
        self._load_here = load
        self._loaded: OrderedDict[tuple[str, int], Model] = OrderedDict()
        self._loading = threading.Lock()

    def header(self, name: object) -> Header:
        """Return the header of a moment's model; the errors are those of `find_moment`."""
        path = find_moment(self._runs, name).model
        return checkpoint.check_modality(checkpoint.read_header(path), path, self.modality)

    def get(self, name: object) -> Model:
        """Return a moment's model; the errors are those of `find_moment`, and CheckpointError for a broken file."""
        moment = find_moment(self._runs, name)
        key = (str(name), moment.version)
        with self._loading:
            if key not in self._loaded:
                path = str(moment.model)
                self._loaded[key] = self._load_here(path, device=self._device_here, folder=self.folder)
            self._loaded.move_to_end(key)
            while len(self._loaded) > MOST_LOADED:
                self._loaded.popitem(last=False)
            return self._loaded[key]
