"""What happens when a device is out of memory: smaller batches, then the CPU, then an error for the user."""

import copy

import torch
from torch import Tensor, nn

from genai.errors import ConfigError
from genai.inference.forward import Forward
from genai.inference.padding import ROW_MULTIPLE, take_rows


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that an accelerator or the CPU is out of memory."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def out_of_memory_error() -> ConfigError:
    """Return the error for the user."""
    return ConfigError(
        "This machine has no memory left for that: ask for less at once, close other programs, or start the page "
        "with --device cpu."
    )


def run_with_memory_fallback(
    network: nn.Module, z: Tensor, labels: Tensor | None, forward: Forward | None = None
) -> Tensor:
    """Make items in one forward pass; when memory runs out, in halves down to eight rows, then on the CPU.

    Args:
        network: The generator.
        z: (B, Z), B a multiple of eight.
        labels: (B,), or None for a generator without labels.
        forward: A faster form of the network's forward pass; it is no longer used once memory runs out.

    Returns:
        The network's output, float32, on the CPU.

    Raises:
        ConfigError: if even eight rows on the CPU need too much memory.
    """
    device = next(network.parameters(), z).device
    try:
        if forward is not None:
            return forward(z, labels)
        items: Tensor = network(z.to(device), None if labels is None else labels.to(device))
        return items.float().cpu()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Outside of the handler: the exception keeps the tensors of the call that failed alive.
    if forward is not None:
        return run_with_memory_fallback(network, z, labels)
    if len(z) > ROW_MULTIPLE:
        middle = max(ROW_MULTIPLE, len(z) // 2 // ROW_MULTIPLE * ROW_MULTIPLE)
        halves = (slice(middle), slice(middle, None))
        return torch.cat([run_with_memory_fallback(network, z[half], take_rows(labels, half)) for half in halves])
    if device.type != "cpu":
        return run_with_memory_fallback(copy.deepcopy(network).cpu(), z, labels)
    raise out_of_memory_error()
