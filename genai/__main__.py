"""The lab without its page: python -m genai text --prompt "ROMEO:", and so on."""

import json
import runpy
import sys
from dataclasses import asdict
from pathlib import Path

from tyro.conf import Positional
from tyro.extras import SubcommandApp

from genai import command_line
from genai.check import OURS, examine
from genai.check.content import MAX_BYTES
from genai.errors import DataError, GenaiError
from genai.language.strings import both

MODALITIES = ("text", "image", "audio")
app = SubcommandApp()
for command in (command_line.text, command_line.image, command_line.audio, command_line.data):
    app.command(command)


@app.command
def train(modality: Positional[str], *more: str) -> None:
    """Train a model: train image fashion --minutes 60. All flags: train image --help."""
    _hand_over(f"genai.{_known(modality)}.training", more)


@app.command
def evaluate(modality: Positional[str], *more: str) -> None:
    """Print a model's figures: evaluate audio digits. All flags: evaluate audio --help."""
    _hand_over(f"genai.{_known(modality)}.evaluation", more)


@app.command
def benchmark(*more: str) -> None:
    """Measure how fast the lab is here: benchmark text gan. All flags: benchmark --help."""
    _hand_over("genai.benchmark", more)


@app.command
def check(file: Positional[Path], *, checkpoints: Path | None = None) -> None:
    """Read a file's label, make what it says again, and compare; exit status 0: it does.

    Args:
        file: A PNG, WebP, MP4, WAV or text file.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError("{file} cannot be read: {reason}.", file=str(file), reason=error.strerror) from error
    found = examine(content, checkpoints)
    said = both(f"check.{found.kind}", megabytes=MAX_BYTES // 1_000_000)
    print(f"{file}: {said['en']} {said['zh-CN']}")
    if found.label is not None:
        print(json.dumps(asdict(found.label), ensure_ascii=False, indent=1))
    sys.exit(found.kind not in OURS)


def _known(modality: str) -> str:
    if modality not in MODALITIES:
        raise DataError(
            "{value} is no kind of model: it must be {known}.", value=repr(modality), known=", ".join(MODALITIES)
        )
    return modality


def _hand_over(module: str, arguments: tuple[str, ...]) -> None:
    """Run a module as its own command: its flags are its own."""
    sys.argv = [f"python -m {module}", *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=False)


def main(arguments: list[str]) -> None:
    """Run a command. Those that hand over take their flags as they are."""
    match arguments:
        case ["train", modality, *more] if not modality.startswith("-"):
            train(modality, *more)
        case ["evaluate", modality, *more] if not modality.startswith("-"):
            evaluate(modality, *more)
        case ["benchmark", *more]:
            benchmark(*more)
        case _:
            app.cli(prog="python -m genai", description=__doc__, args=arguments or ["--help"])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except GenaiError as error:
        sys.exit(str(error))
