"""What goes wrong without the private functions and the settings of the process in genai/compat.py."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch._subclasses.fake_tensor import FakeTensorMode

from genai.compat import reset_accelerator_state
from genai.image.model import DCGANConfig, Generator
from genai.inference.forward import make_forward


def test_accelerate_refuses_a_second_precision_until_its_state_is_reset():
    reset_accelerator_state()
    Accelerator(mixed_precision="bf16", cpu=True)
    with pytest.raises(ValueError, match="already been initialized"):
        Accelerator(mixed_precision="no", cpu=True)
    reset_accelerator_state()
    assert Accelerator(mixed_precision="no", cpu=True).mixed_precision == "no"


def test_generating_does_not_import_accelerate():
    code = "import sys, genai.image, genai.audio, genai.text; print('accelerate' in sys.modules)"
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[1]
    finished = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=120)
    assert finished.stdout == "False\n"


def test_a_generator_on_a_gpu_is_computed_by_deterministic_kernels(monkeypatch):
    """That they give the same bits is tested on a GPU, in test_gpu.py."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    with FakeTensorMode(), torch.device("cuda"):
        make_forward(Generator(DCGANConfig(generator_filters=4)), "x")
    assert torch.backends.cudnn.deterministic
