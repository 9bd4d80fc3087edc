"""Measure how fast the lab is here: python -m genai.benchmark views."""

import sys

import torch
from tyro.extras import SubcommandApp

from genai.benchmark.views import measure, views
from genai.errors import GenaiError
from genai.figures import report

app = SubcommandApp()


@app.command(name="views")
def measure_views(device: str | None = None, threads: int | None = None) -> None:
    """Time a click in every view of the page: a table, then the same as JSON.

    Args:
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        threads: CPU threads; left out: PyTorch's own choice.
    """
    if threads:
        torch.set_num_threads(threads)
    print(report("views", measure(views(device)), threads=torch.get_num_threads()))


if __name__ == "__main__":
    try:
        app.cli(prog="python -m genai.benchmark", description=__doc__)
    except GenaiError as error:
        sys.exit(str(error))
