"""The process of the games: python -m genai.learn.game.worker, started by the page, which talks to it by pipes."""

import os
import signal
import sys

import torch

from genai.learn.game.arena import Arena
from genai.learn.game.worker.server import Server
from genai.process import freeze_gc, keep_freed_memory

NICE = 5
"""Texts, pictures and sounds that somebody waits for go first; the games then slow down and say so."""


def main() -> None:
    """Serve on standard input and output until the page closes them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches both; the page closes the pipe
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get between the reports
    if hasattr(os, "nice"):
        os.nice(NICE)
    torch.set_num_threads(1)  # the products are small: a second thread costs more than it gives
    keep_freed_memory()
    freeze_gc()
    Server(sys.stdin.buffer, reports, Arena()).run()


if __name__ == "__main__":
    main()
