"""The command line of a training: python -m genai.<modality>.training."""

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tyro

from genai.errors import GenaiError

C = TypeVar("C")
TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # of glibc's mallopt


def train_from_command_line(config: type[C], train: Callable[[C], Path], description: str) -> None:
    """Read the settings, train, and say where the checkpoint is; a mistake becomes a sentence, exit status 1.

    Args:
        config: The settings' dataclass; its fields are the flags.
        train: Runs the training and returns the path of the checkpoint.
        description: First lines of --help.
    """
    keep_freed_memory()
    try:
        path = train(tyro.cli(config, description=description))
    except GenaiError as error:
        sys.exit(str(error))
    modality = path.parent.parent.name
    print(f"Wrote {path}. Copy it to checkpoints/{modality}/ and the page offers it. "
          "To train on, repeat the command, with more --steps or --minutes if these were used up.")  # fmt: skip


def keep_freed_memory() -> None:
    """Let glibc keep the memory of freed tensors for the next ones; elsewhere, do nothing.

    By default every large tensor is fetched from the system anew, cleared page by page, and given back at its end:
    a seventh of the time of a training on sound (drums, one thread) went into that.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for parameter, value in ((MMAP_MAX, 0), (TRIM_THRESHOLD, 2**31 - 1), (TOP_PAD, 2**26)):
            mallopt(parameter, value)
