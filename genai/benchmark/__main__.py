"""Measure how fast the lab is here: python -m genai.benchmark, or parts of it: text workers gan ...

One more part, live, takes six minutes and runs only where it is named.
"""

from typing import Literal

import torch
import tyro

from genai.errors import exit_with_sentence
from genai.quality.figures import Figure, Figures, format_report

Part = Literal["text", "workers", "gan", "training", "start", "views", "game", "live"]
PARTS: tuple[Part, ...] = ("text", "workers", "gan", "training", "start", "views", "game")


def measure(part: Part, device: str | None) -> Figures:  # noqa: C901, PLR0911 - one case for each part
    """Run one part. Each is imported when it runs: only the views import Gradio."""
    match part:
        case "text":
            from genai.benchmark import text

            return text.measure(device)
        case "workers":
            from genai.benchmark import workers

            return workers.measure(device)
        case "gan":
            from genai.benchmark import gan

            return gan.measure(device)
        case "training":
            from genai.benchmark import training

            return training.measure(device)
        case "start":
            from genai.benchmark import start

            return start.measure(device)
        case "views":
            from genai.benchmark import views

            return views.measure(views.views(device))
        case "game":
            from genai.benchmark import game

            return game.measure()
        case "live":
            from genai.benchmark import live

            return live.measure(device)


def main(
    parts: tyro.conf.Positional[tuple[Part, ...]] = (), *, device: str | None = None, threads: int | None = None
) -> None:
    """Print a table, then the same as JSON.

    Args:
        parts: text, gan (pictures, sounds), training, start (with memory), views (a click in each), game (in the
            plane); none: all of these. live (a training in the page).
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        threads: CPU threads; left out: PyTorch's own choice.
    """
    if threads:
        torch.set_num_threads(threads)
    figures: dict[str, Figure] = {}
    for part in parts or PARTS:
        figures.update(measure(part, device))
    print(format_report("benchmark", figures, threads=torch.get_num_threads()))


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main, prog="python -m genai.benchmark", description=__doc__)
