"""Measure how fast the lab is here: python -m genai.benchmark, all of it, or some: text gan start views."""

import sys
from collections.abc import Callable
from typing import Literal

import torch
import tyro

from genai.benchmark import gan, start, text, views
from genai.errors import GenaiError
from genai.quality.figures import Figures, format_report

Part = Literal["text", "gan", "start", "views"]
PARTS: dict[Part, Callable[[str | None], Figures]] = {
    "text": text.measure,
    "gan": gan.measure,
    "start": start.measure,
    "views": lambda device: views.measure(views.views(device)),
}


def main(
    parts: tyro.conf.Positional[tuple[Part, ...]] = (), *, device: str | None = None, threads: int | None = None
) -> None:
    """Print a table, then the same as JSON.

    Args:
        parts: text, gan (pictures and sounds), start (with memory), views (a click in each); none means all.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        threads: CPU threads; left out: PyTorch's own choice.
    """
    if threads:
        torch.set_num_threads(threads)
    found = {name: figure for part in parts or PARTS for name, figure in PARTS[part](device).items()}
    print(format_report("benchmark", found, threads=torch.get_num_threads()))


if __name__ == "__main__":
    try:
        tyro.cli(main, prog="python -m genai.benchmark", description=__doc__)
    except GenaiError as error:
        sys.exit(str(error))
