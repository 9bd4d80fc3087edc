"""What a process asks of the allocator, how it shares the cores out, and what it looks through for garbage."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FAULTS = """
import resource
import torch
from genai.process import keep_freed_memory

def faults():
    for step in range(10):
        if step == 5:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.zeros(16_000_000).add_(1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults())
keep_freed_memory()
print(faults())
"""

SHARES = """
import sys, time
from genai import environment
environment.prepare()
import numpy, torch
from genai.process import configure_for_serving
configure_for_serving()
for multiply, square in ((numpy.matmul, numpy.ones((1200, 1200))), (torch.matmul, torch.ones(1200, 1200))):
    multiply(square, square)
    began, worked = time.perf_counter(), time.process_time()
    for _ in range(8):
        multiply(square, square)
    print((time.process_time() - worked) / (time.perf_counter() - began))
print(sys.getswitchinterval())
"""

SCATTERED = """
import time
import psutil
import torch
from genai.process import trim_memory_periodically

def megabytes():
    return psutil.Process().memory_info().rss / 2**20

def returned(patience):
    end = time.monotonic() + patience
    while before - megabytes() < 200 and time.monotonic() < end:
        time.sleep(0.05)
    return before - megabytes()

tensors = [torch.ones(16_000) for _ in range(4_000)]  # 64 kB each, 244 MiB in all
before = megabytes()
tensors = tensors[39::40]  # the last among them: nothing is free at the end
print(returned(0.5))
trim_memory_periodically(every_seconds=0.1)
print(returned(10))
"""

SETTLED = """
import gc
from genai.process import freeze_gc

class Knot:
    def __init__(self):
        self.self = self
        self.more = [[] for _ in range(200_000)]

kept = Knot()
freeze_gc()
held, frozen = len(gc.get_objects()), gc.get_freeze_count()
Knot()  # what is made later is still found
print(frozen, held, gc.collect())
"""


def printed(script):
    """The numbers that a script prints in a process of its own."""
    told = subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, capture_output=True, text=True,
                          timeout=120)  # fmt: skip
    return [float(word) for word in told.stdout.split()]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="elsewhere it does nothing")
def test_freed_memory_is_used_again_without_asking_the_system():
    left, kept = printed(FAULTS)
    assert kept < 100 < left


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="elsewhere it does nothing")
def test_freed_memory_that_lies_scattered_goes_back_to_the_system():
    left, given_back = printed(SCATTERED)
    assert left < 20
    assert given_back > 200


def test_a_computation_of_the_page_takes_half_of_the_cores_and_gets_the_interpreter_soon():
    numpys, torchs, interval = printed(SHARES)
    half = max(1, (os.cpu_count() or 1) // 2)
    assert numpys < 1.2 * half
    assert torchs < 1.2 * half
    assert interval < 0.001


def test_what_was_built_is_not_searched_for_garbage_and_what_comes_later_is():
    frozen, held, found = printed(SETTLED)
    assert frozen > 200_000
    assert held < 1_000
    assert found > 200_000
