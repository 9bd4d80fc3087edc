"""The device that computes, and whether it is faster in bfloat16."""

import time

import torch

from genai.errors import ConfigError


def pick_device(name: str | None = None) -> torch.device:
    """Return the device to compute on.

    Args:
        name: Such as cpu or cuda; None or "auto" means the accelerator of this machine, else the CPU.

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


def pick_float64_device(name: str | None = None) -> torch.device:
    """Return the device to compute on if it has float64, else the CPU.

    Texts are sampled in float64, which Apple's GPUs do not have.

    Args:
        name: As in `pick_device`.

    Raises:
        ConfigError: as `pick_device`.
    """
    device = pick_device(name)
    try:
        torch.empty(0, dtype=torch.float64, device=device)
    except (TypeError, RuntimeError):
        return torch.device("cpu")
    return device


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device has instructions for bfloat16; without them, it is slower than float32."""
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def prefers_bfloat16(device: torch.device) -> bool:
    """Whether a device is faster in bfloat16 than in float32; a CPU that has it is timed.

    Having the instructions is not enough: a CPU with those of AVX-512, but without AMX, took twice as long as in
    float32.
    """
    if not has_bfloat16(device):
        return False
    if device.type != "cpu":
        return True
    bfloat16_seconds = []
    float32_seconds = []
    for _ in range(5):  # in turn, so that other load on the machine slows both
        bfloat16_seconds.append(seconds_to_multiply(torch.bfloat16))
        float32_seconds.append(seconds_to_multiply(torch.float32))
    return min(bfloat16_seconds) < min(float32_seconds)


def seconds_to_multiply(dtype: torch.dtype, size: int = 1024) -> float:
    """Return the seconds that this CPU takes for a product of two (size, size) matrices."""
    matrix = torch.ones(size, size, dtype=dtype)
    start = time.perf_counter()
    torch.mm(matrix, matrix)
    return time.perf_counter() - start
