"""Private functions of libraries and settings of the whole process, each with the reason why it is needed.

Everything here may break with a new release of its library, or concerns code elsewhere in the process.
tests/test_compat.py shows what goes wrong without it.
"""

import threading
import warnings

import torch
from torch import Tensor

_WARNINGS_LOCK = threading.Lock()  # filters of warnings are shared by all threads


def reset_accelerator_state() -> None:
    """Let the next `Accelerator` have another precision or device than the one before in this process.

    Accelerate keeps both in a singleton and refuses to change them; the documented way is to restart Python. But
    two training runs in one process, as in a test or a notebook, may differ in them. The function is private, but
    accelerate's own tests and error messages name it.
    """
    from accelerate.state import AcceleratorState  # here, since the page does without accelerate and starts sooner

    AcceleratorState._reset_state()


def use_deterministic_cudnn() -> None:
    """Let cuDNN choose only among algorithms that add up in a fixed order, in the whole process and for good.

    Others add up in the order in which threads of the GPU finish: the same z would give other last bits each time.
    Not `torch.backends.cudnn.flags`, which restores the setting at its end: of two threads that record a graph at
    the same time, the first to end would switch it off for the other.
    """
    torch.backends.cudnn.deterministic = True


def pack_half_weights(weight: Tensor) -> Tensor:
    """Pack weights (out, in) in float16 for `multiply_half_weights`; an x86 CPU only.

    Why: on a CPU a product of few rows takes as long as its weights take to come from memory, and float16 halves
    that. `torch.mm` in float16 rounds its sums to float16 and is slower than float32 on CPUs without AVX512-FP16.
    The operator of `multiply_half_weights_by_threads` has the same kernel and the same bits, but a call of it costs
    10 microseconds more, as much as the product of one row. PyTorch warns that both functions used here will go.
    """
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fbgemm_.* is deprecated")
        packed: Tensor = torch.fbgemm_pack_gemm_matrix_fp16(weight)
        # PyTorch warns at the first use only: let it be here, where the warning is ignored.
        multiply_half_weights(weight.new_zeros(1, weight.shape[1]), packed, None, weight.new_empty(1, len(weight)))
    return packed


def multiply_half_weights(x: Tensor, packed: Tensor, bias: Tensor | None, out: Tensor) -> Tensor:
    """Multiply x (B, in), float32, by packed weights into `out` (B, out), float32, and add a bias (out,)."""
    result: Tensor = torch.fbgemm_linear_fp16_weight_fp32_activation(x, packed, bias, out)
    return result


def pack_half_weights_for_threads(weight: Tensor) -> object:
    """Pack weights (out, in) in float16 for `multiply_half_weights_by_threads`; an x86 CPU only."""
    packed: object = torch.ops.quantized.linear_prepack_fp16(weight, None)
    return packed


def multiply_half_weights_by_threads(x: Tensor, packed: object) -> Tensor:
    """Multiply x (B, in), float32, by packed weights on all threads that PyTorch has.

    Why: `multiply_half_weights` computes on one thread whatever their number. The bits are the same.
    """
    result: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, packed)
    return result


def fused_lstm_cell(
    inputs: Tensor, recurrent: Tensor, cell: Tensor, biases: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Apply the LSTM equations by one CUDA kernel; arguments and result as of `text.decoding.gpu_step.update`.

    It is the kernel of `nn.LSTMCell`, which multiplies by its matrices in float32 before. The step of a text has
    multiplied already, the first layer by a table look-up, the others in float16. Written out, the equations are
    about ten kernels, each of which takes longer to start than to run.
    """
    hidden, new_cell, _ = torch.ops.aten._thnn_fused_lstm_cell(inputs, recurrent, cell, *biases)
    return hidden, new_cell
