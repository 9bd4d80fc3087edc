"""Models of some moments of a run, beside its samples: so that what the network saw then can be looked at."""

from collections.abc import Callable, Sequence
from pathlib import Path

from genai.errors import GenaiError
from genai.training.journal import FILE_NAME, Journal

SUFFIX = ".safetensors"  # of a checkpoint, which is above this room


def list_models(folder: Path) -> dict[int, Path]:
    """Return the models that are kept in the folder of a run by their steps, in order."""
    found = {}
    for path in (folder / "models").glob(f"step-*{SUFFIX}"):
        match = FILE_NAME.fullmatch(path.stem)
        if match:  # atomic_write's temporary files have other names
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def keep_model(journal: Journal, step: int, most: int, save: Callable[[Path], None]) -> None:
    """Save the model of a moment, and remove one where there are too many.

    The first and the newest stay; of the others that one goes whose neighbours are nearest by the ratio of their
    steps: what is left is spread over the run as its samples are, densely at its start. On a full disk the model is
    left out.

    Args:
        journal: Of the run.
        step: Counted from 1.
        most: How many are kept, at least 2.
        save: Writes the file.
    """
    path = journal.folder / "models" / f"step-{step:06d}{SUFFIX}"
    try:
        path.parent.mkdir(exist_ok=True)
        save(path)
    except (OSError, GenaiError) as error:
        journal.warn(f"{path} cannot be written ({error}). The training goes on without it.")
        return
    kept = list_models(journal.folder)
    if len(kept) > most:
        kept[superfluous(list(kept))].unlink(missing_ok=True)


def superfluous(steps: Sequence[int]) -> int:
    """Return the step whose neighbours are nearest by the ratio of their steps, never the first or the last.

    Args:
        steps: At least three, rising, from 1.
    """
    inner = range(1, len(steps) - 1)
    return steps[min(inner, key=lambda place: steps[place + 1] / steps[place - 1])]
