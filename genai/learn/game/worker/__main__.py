"""The process of the games: python -m genai.learn.game.worker, started by the page, which talks to it by pipes."""

import os

import torch

from genai.learn.game.arena import Arena
from genai.learn.game.worker.server import Server
from genai.process import freeze_gc, keep_freed_memory
from genai.serving.worker import take_standard_pipes

NICE = 5
"""Texts, pictures and sounds that somebody waits for go first; the games then slow down and say so."""


def main() -> None:
    """Serve on standard input and output until the page closes them."""
    requests, reports = take_standard_pipes()
    if hasattr(os, "nice"):
        os.nice(NICE)
    torch.set_num_threads(1)  # the products are small: a second thread costs more than it gives
    keep_freed_memory()
    freeze_gc()
    Server(requests, reports, Arena()).run()


if __name__ == "__main__":
    main()
