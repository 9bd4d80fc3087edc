"""What a visitor's training is: its data, the model that it goes on from, its time, its settings."""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from genai import checkpoint
from genai.audio.training import AudioTrainingConfig
from genai.checkpoint.header import Header
from genai.device import pick_device
from genai.image.training import ImageTrainingConfig
from genai.text.recipes.lstm import TrainingConfig as TextTrainingConfig
from genai.training.config import RunConfig

CONFIGS: Mapping[str, type[RunConfig]] = {
    "text": TextTrainingConfig,
    "image": ImageTrainingConfig,
    "audio": AudioTrainingConfig,
}
MOST_THREADS = 4
SAMPLES_IN_ALL = 40
"""Of a run, besides those after 1, 2, 5, 10, ... steps."""
SHORTEST_SAMPLE_MINUTES = 0.1
COMMON: Mapping[str, Any] = {
    "steps": 1_000_000,
    "save_minutes": 1 / 3,
    "log_every": 1,
    "first_sample": 1,
    "keep_models": 12,
}
"""The end comes by time; the story is at the start; a killed server loses 20 s; the models of a dozen moments, at
most 130 MB, are there to be looked into."""
FROM_SCRATCH: Mapping[str, Mapping[str, Any]] = {
    "text": {
        "batch_size": 16,
        "window": 64,
        "embedding_size": 64,
        "hidden_size": 256,
        "layers": 1,
        "learning_rate": 5e-3,
        "warmup_steps": 20,
        "ema_decay": 0.98,
        "evaluate_every": 20,
        "evaluate_on": "validation",
        "evaluate_characters": 4000,
        "final": True,
    },
    "image": {
        "batch_size": 32,
        "generator_filters": 32,
        "discriminator_filters": 16,
        "ema_decay": 0.98,
        "augment": 1.0,
        "augment_start": 1.0,
        "norm_batches": 4,
    },
    "audio": {
        "batch_size": 16,
        "generator_filters": 16,
        "spectrogram_filters": 16,
        "ema_decay": 0.98,
        "augment": 1.0,
        "augment_start": 1.0,
        "norm_batches": 4,
    },
}
"""Networks and batches that one core trains in minutes."""
FROM_A_MODEL: Mapping[str, Mapping[str, Any]] = {
    "text": {"learning_rate": 7.5e-4, "batch_size": 8, "warmup_steps": 3, "ema_decay": 0.8, "evaluate_every": 10},
    "image": {"learning_rate": 7.5e-5, "freeze_layers": 2, "batch_size": 16, "ema_decay": 0.95},
    "audio": {"learning_rate": 5e-5, "freeze_layers": 2, "batch_size": 16, "ema_decay": 0.95},
}
"""For few items: a quarter of the rate, the lowest layers of the discriminator as they are. A step on a text takes
half a second on one core: its average is short, so that the text changes from the second step on."""
OF_THE_RUN = ("loss", "r1", "r2", "penalty_every", "spectrogram")
"""Settings of the model's training that the next one keeps; those of its networks' shape are in its header."""


@dataclass(frozen=True)
class RunSpec:
    """A training, as it was asked for.

    Args:
        modality: text, image or audio.
        data: Name of a published set, or the path of own data.
        own_items: Number of items of own data, 0 for a published set; of a text its characters.
        start_from: Name of the model whose weights it starts from; None starts from scratch.
        minutes: Time in all.
        settings: Values that are not the defaults.
        forked_from: Id of the run whose saved state it began with; "" for a run that began by itself.
        forked_at: Step at which that run was then.
    """

    modality: str
    data: str
    own_items: int = 0
    start_from: str | None = None
    minutes: float = 3.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    forked_from: str = ""
    forked_at: int = 0

    def defaults(self, start: Header | None) -> dict[str, Any]:
        """Return the settings without those that were chosen.

        Args:
            start: Header of the model that the training starts from.
        """
        config = CONFIGS[self.modality]
        names = {one.name for one in fields(config)}
        values = {**COMMON, **FROM_SCRATCH[self.modality]}
        if start is None:
            return values
        before = start.training.get("settings", {})
        shape = {name: value for name, value in start.config.items() if name in names}
        kept = {name: before[name] for name in OF_THE_RUN if name in names and before.get(name) is not None}
        rate = {"sample_rate": start.sample_rate} if self.modality == "audio" else {}
        return {**values, **_as_tuples(shape), **kept, **rate, **FROM_A_MODEL[self.modality]}

    def config(self, folder: Path, device: str | None, checkpoints: Path | None) -> RunConfig:
        """Return the settings of the training.

        Args:
            folder: Where its files are written.
            device: Where it runs; None chooses.
            checkpoints: Where the shipped models are; None is the repository's own folder.

        Raises:
            ConfigError: if a value is out of its range.
            CheckpointError: if there is no such model.
        """
        start = start_path(self, checkpoints)
        header = checkpoint.read_header(start) if start else None
        values = {**self.defaults(header), **self.settings}
        if start:
            values["start_from"] = start
        return CONFIGS[self.modality](
            data=self.data,  # type: ignore[call-arg]  # every modality's class has it
            minutes=self.minutes,
            sample_minutes=max(self.minutes / SAMPLES_IN_ALL, SHORTEST_SAMPLE_MINUTES),
            threads=threads_of(device),
            device=device,
            folder=folder,
            **values,
        )

    def command(self, start: Header | None) -> str:
        """Return the command that does the same.

        Args:
            start: Header of the model that the training starts from.
        """
        config = CONFIGS[self.modality]
        standard = {one.name: one.default for one in fields(config)}
        values = {**self.defaults(start), **self.settings, "minutes": self.minutes}
        words = ["python", "-m", f"genai.{self.modality}.training", Path(self.data).name]
        if self.start_from:
            words += ["--start-from", f"checkpoints/{self.modality}/{self.start_from}{checkpoint.SUFFIX}"]
        for name, value in values.items():
            if value != standard[name]:
                words += _flag(name, value)
        return shlex.join(words)

    def to_json(self) -> str:
        """Return the spec as a file holds it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


def threads_of(device: str | None) -> int | None:
    """Return the threads of a training: half of the cores, so that the page keeps the others; None on a GPU."""
    if pick_device(device).type != "cpu":
        return None
    return max(1, min(MOST_THREADS, (os.cpu_count() or 1) // 2))


def start_path(spec: RunSpec, checkpoints: Path | None) -> Path | None:
    """Return the file of the model that a training starts from.

    Raises:
        CheckpointError: if there is none of this name.
    """
    return checkpoint.find(spec.start_from, spec.modality, checkpoints) if spec.start_from else None


def _flag(name: str, value: object) -> list[str]:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    if isinstance(value, tuple):
        return [f"--{flag}", *map(str, value)]
    return [f"--{flag}", f"{value:g}" if isinstance(value, float) else str(value)]


def _as_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
