"""Which device computes, and whether it is faster in bfloat16."""

import time

import torch

from genai.errors import ConfigError


def pick_device(name: str | None = None) -> torch.device:
    """Choose where to compute: the device asked for, else the accelerator of this machine, else the CPU.

    Raises:
        ConfigError: if the named device does not exist here.
    """
    if name is None or name == "auto":
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ConfigError(
            "Device {value} cannot be used here: take cpu, or leave the choice to the program. ({reason})",
            value=repr(name),
            reason=str(error).splitlines()[0],
        ) from error
    if device.type == "meta":
        raise ConfigError(
            "Device {value} computes nothing: take cpu, or leave the choice to the program.", value=repr(name)
        )
    return device


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 numbers itself; where it does not, they are slower than float32."""
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def prefers_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is worth it on a device: on a CPU that has it, a matrix product is timed in both types.

    What a CPU has does not tell: one with AVX-512's bfloat16 but without AMX took twice as long as in float32.
    """
    if not has_bfloat16(device) or device.type != "cpu":
        return has_bfloat16(device)
    # In turn, lest something else that runs here meets only one type.
    pairs = [(seconds_to_multiply(torch.bfloat16), seconds_to_multiply(torch.float32)) for _ in range(5)]
    return min(lower for lower, _ in pairs) < min(exact for _, exact in pairs)


def seconds_to_multiply(dtype: torch.dtype, size: int = 1024) -> float:
    """Return the time that this CPU takes for a product of two (size, size) matrices."""
    matrix = torch.ones(size, size, dtype=dtype)
    began = time.perf_counter()
    torch.mm(matrix, matrix)
    return time.perf_counter() - began
