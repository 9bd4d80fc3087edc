"""Settings of a training on text, whatever network it trains."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import tyro

from genai.errors import ConfigError
from genai.text.networks import NetworkConfig
from genai.training.config import RunConfig


@dataclass(frozen=True)
class TextConfig(RunConfig):
    """Settings of a training on text."""

    data: tyro.conf.Positional[str] = "shakespeare"
    """shakespeare, python, tang, or the path of a .txt file."""
    network: str = ""
    """lstm: a char-LSTM; gpt: a transformer. Each has settings of its own: --network gpt --help lists those."""
    encoding: str | None = None
    """Encoding of a .txt file, such as gb18030; left out: UTF-8, or else a guess, which is printed."""
    batch_size: int = 64
    """Windows of text that a step reads, over all processes."""
    window: int = 128
    """Characters of a window."""
    learning_rate: float = 3e-3
    warmup_steps: int = 100
    """Steps over which the learning rate rises; 0 for none."""
    weight_decay: float = 0.05
    clip: float = 0.5
    """Largest norm of the gradient."""
    ema_decay: float = 0.998
    evaluate_every: int = 500
    """Steps between two evaluations on held-out text."""
    evaluate_on: Literal["dev", "validation"] = "dev"
    """dev: the development text, by which settings are chosen; validation: the held-out tenth, for a run that is to
    be compared and not chosen."""
    evaluate_characters: int | None = None
    """Evaluate on the first so many characters only, which is faster."""
    characters: int | None = None
    """Train on the first so many characters only, to show a network with too little data."""
    final: bool = False
    """Train on the development text too: for the last run, when all settings have been chosen by it."""
    start_from: Path | None = None
    """A checkpoint whose weights the training starts from, to train on."""
    teachers: tuple[Path, ...] = ()
    """Checkpoints from whose mean probabilities the network learns too, beside the text (distillation)."""
    teacher_share: float = 0.5
    """Of the teachers in the loss that is minimised."""
    teachers_write: int = 0
    """Characters that the teachers write, to be learnt beside the text: they say more of what they have not learnt
    themselves."""

    shape: ClassVar[tuple[str, ...]] = ()
    """The settings that a checkpoint to start from must share."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts(*self.shape, "batch_size", "window", "evaluate_every")
        self.check_counts("characters", "evaluate_characters")
        if self.evaluate_characters == 1:
            raise ConfigError(
                "--evaluate-characters 1 is not possible: the first character is only read, so at least 2 are "
                "needed."
            )
        self.check_positive("clip")
        self.check_amounts("learning_rate", "warmup_steps", "weight_decay", "teachers_write")
        self.check_shares("ema_decay")
        if not 0 <= self.teacher_share <= 1:
            raise ConfigError(
                "--teacher-share {value} is not possible: it must be a share from 0 to 1.", value=self.teacher_share
            )
        if self.teachers_write and not self.teachers:
            raise ConfigError("--teachers-write needs somebody who writes: name models with --teachers.")

    def network_config(self, vocabulary_size: int) -> NetworkConfig:
        """Return the settings of the network, which are among those of the training."""
        raise NotImplementedError
