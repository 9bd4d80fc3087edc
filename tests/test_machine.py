"""What a process asks of the allocator."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FAULTS = """
import resource, sys
import torch
from genai.machine import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()
for step in range(40):
    if step == 20:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.zeros(16_000_000).add_(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(*arguments):
    told = subprocess.run([sys.executable, "-c", FAULTS, *arguments], check=True, cwd=ROOT, capture_output=True,
                          text=True, timeout=60)  # fmt: skip
    return int(told.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="elsewhere it does nothing")
def test_freed_memory_is_used_again_without_asking_the_system():
    assert page_faults("keep") < 100 < page_faults("leave")
