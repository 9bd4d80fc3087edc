"""When a device has no memory left: less at once, then the CPU, then a sentence."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from genai.errors import ConfigError
from genai.latent import ROWS

Forward = Callable[[nn.Module, Tensor, Tensor], Tensor]


def is_shortage(error: BaseException) -> bool:
    """Whether an exception says that memory was lacking, of an accelerator or of the CPU."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def shortage() -> ConfigError:
    """The sentence for it."""
    return ConfigError(
        "This machine has no memory left for that: ask for less at once, close other programs, or start the page "
        "with --device cpu."
    )


def relieved(forward: Forward, network: nn.Module, z: Tensor, labels: Tensor) -> Tensor:
    """Make items in one forward pass; where memory lacks, in halves down to eight rows, then on the CPU.

    Args:
        forward: From network, z and labels to the items, on the CPU.
        network: The generator.
        z: (B, Z), B a multiple of eight.
        labels: (B,).

    Raises:
        ConfigError: if the memory is too small even for that.
    """
    try:
        return forward(network, z, labels)
    except Exception as error:
        if not is_shortage(error):
            raise
    # Out of the handler: while an exception lives, so do the tensors of the call that failed.
    if len(z) > ROWS:
        middle = len(z) // 2 // ROWS * ROWS or ROWS
        parts = ((z[:middle], labels[:middle]), (z[middle:], labels[middle:]))
        return torch.cat([relieved(forward, network, *part) for part in parts])
    if next(network.parameters(), z).device.type != "cpu":
        return relieved(forward, copy.deepcopy(network).cpu(), z, labels)
    raise shortage()
