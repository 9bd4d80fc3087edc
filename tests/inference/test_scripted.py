"""Loops that run without Python."""

import itertools
import threading
import time

import torch
from torch import Tensor, nn

from genai.inference.scripted import scripted


class Counting(nn.Module):
    def forward(self, x: Tensor, count: int) -> Tensor:
        """Add ones."""
        for _ in range(count):
            x = x + 1
        return x


def test_it_computes_the_same():
    assert scripted(Counting())(torch.zeros(3), 5).tolist() == [5, 5, 5]


def test_other_threads_go_on_in_python_while_it_runs():
    counting, running, seconds = scripted(Counting()), threading.Event(), []

    def watch():
        running.wait()
        while running.is_set():
            seconds.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    running.set()
    counting(torch.zeros(1), 300_000)  # some tenths of a second
    running.clear()
    took = time.monotonic() - began
    watcher.join()
    pauses = [after - before for before, after in itertools.pairwise([began, *seconds])]
    assert max(pauses) < took / 2
