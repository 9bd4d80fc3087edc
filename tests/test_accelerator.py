"""What a user runs, on an accelerator: the cases of accelerator_cases.py, in a process of their own.

PyTorch's autograd engine asks which devices there are when it is first used. In a process in which other tests ran
before, it would not know the pretended one.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
CASES = "tests/accelerator_cases.py"


def run_cases(*options):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", CASES, *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return int(re.search(r"(\d+) passed", result.stdout)[1])


def test_on_a_pretended_device():
    assert run_cases("-m", "not gpu") == 9


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_on_a_gpu():
    assert run_cases("-m", "gpu") == 6
