"""Models that visitors have trained: under names that cannot be guessed, in a folder of the server, listed nowhere.

The folder is named in the environment, so that the processes in which texts are written find the models too.
"""

import os
import re
import secrets
from pathlib import Path

VARIABLE = "GENAI_OWN_MODELS"
PREFIX = "own-"
NAME = re.compile(PREFIX + r"[A-Za-z0-9_-]{22}")


def new_name() -> str:
    """Return a name with 128 random bits: who knows it can use the model."""
    return PREFIX + secrets.token_urlsafe(16)


def use_folder(folder: Path) -> None:
    """Have this process, and those that it starts from now on, look for such models in a folder."""
    os.environ[VARIABLE] = str(folder)


def path_in(folder: Path, name: str, modality: str) -> Path:
    """Return where a model with such a name is kept."""
    return folder / modality / f"{name}.safetensors"


def find(name: object, modality: str) -> Path | None:
    """Return the path of a visitor's model; None if there is none of this name.

    Args:
        name: Any value that a request may hold; only one of the form that `new_name` gives is used as a path.
        modality: text, image or audio.
    """
    folder = os.environ.get(VARIABLE)
    if not folder or not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    path = path_in(Path(folder), name, modality)
    return path if path.is_file() else None
