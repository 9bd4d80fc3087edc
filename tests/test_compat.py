"""What goes wrong without the private functions and the settings of the process in genai/compat.py."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch._subclasses.fake_tensor import FakeTensorMode

from genai.compat import fused_lstm_cell, multiply_half_weights, pack_half_weights, reset_accelerator_state
from genai.image.model import DCGANConfig, Generator
from genai.inference.forward import make_forward
from genai.seeds import make_rng


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


@pytest.mark.skipif(torch.backends.quantized.engine not in ("x86", "fbgemm"), reason="an x86 CPU's kernel")
def test_half_weights_give_the_bits_of_the_documented_operator():
    rng = make_rng(0)
    weight = torch.randn(40, 24, generator=rng).half().float()
    bias = torch.randn(40, generator=rng)
    x = torch.randn(5, 24, generator=rng)
    out = torch.empty(5, 40)
    multiply_half_weights(x, pack_half_weights(weight), bias, out)
    packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)
    assert torch.equal(out, torch.ops.quantized.linear_dynamic_fp16(x, packed))


@pytest.mark.skipif(torch.backends.quantized.engine not in ("x86", "fbgemm"), reason="an x86 CPU's kernel")
@pytest.mark.parametrize(
    ("pack", "warns"), [("torch.fbgemm_pack_gemm_matrix_fp16", True), ("genai.compat.pack_half_weights", False)]
)
def test_pytorch_warns_of_half_weights_unless_they_are_packed_here(pack, warns):
    """In a process of its own, since PyTorch warns once."""
    code = f"import torch, genai.compat; {pack}(torch.ones(8, 8))"
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    finished = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120)
    assert ("fbgemm_pack_gemm_matrix_fp16 is deprecated" in finished.stderr) == warns
    assert (finished.returncode != 0) == warns


def test_the_fused_cell_of_cuda_is_still_there():
    """Its numbers are tested on a GPU, in test_gpu.py."""
    with FakeTensorMode(), torch.device("cuda"):
        gates, bias, cell = torch.zeros(2, 12), torch.zeros(12), torch.zeros(2, 3)
        hidden, new_cell = fused_lstm_cell(gates, gates, cell, (bias, bias))
    assert hidden.shape == new_cell.shape == (2, 3)
    assert hidden.device.type == "cuda"
