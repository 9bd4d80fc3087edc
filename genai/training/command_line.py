"""The command line of a training run: python -m genai.<modality>.training."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tyro

from genai.errors import exit_with_sentence
from genai.process import keep_freed_memory

C = TypeVar("C")


def train_from_command_line(config: type[C], train: Callable[[C], Path], description: str) -> None:
    """Read the settings from flags, train, and print where the checkpoint is; exit with 1 on an error.

    Args:
        config: The dataclass of the settings; its fields are the flags.
        train: Runs the training and returns the path of the checkpoint.
        description: The first lines of --help.
    """
    keep_freed_memory()
    with exit_with_sentence():
        path = train(tyro.cli(config, description=description))
        modality = path.parent.parent.name
        print(
            f"Wrote {path}. Copy it to checkpoints/{modality}/ and the page offers it. "
            "To train on, repeat the command, with more --steps or --minutes if these were used up."
        )
