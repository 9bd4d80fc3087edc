"""Choose what a model shows first: python -m genai.openings FILE '[{"label": "Sneaker", "seed": 7}]'."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import tyro

from genai import checkpoint
from genai.errors import ConfigError, GenaiError


def set_openings(path: Path, openings: list[dict[str, Any]]) -> None:
    """Write curated requests, chosen by eye or ear, into a checkpoint's header; the weights stay as they are.

    Raises:
        CheckpointError: if the file cannot be used.
    """
    checkpoint.amend(path, openings=openings)


def main(
    file: tyro.conf.Positional[Path], openings: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="JSON")]
) -> None:
    """Choose what a model shows first.

    Args:
        file: A checkpoint.
        openings: A JSON list of requests, the best one first.
    """
    try:
        requests = json.loads(openings)
    except ValueError as error:
        raise ConfigError("The openings are no JSON ({reason}).", reason=error) from error
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise ConfigError(
            "The openings must be a JSON list of objects, such as {example}.", example='[{"seed": 7}]'
        )
    set_openings(file, requests)


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
