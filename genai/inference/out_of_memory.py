"""When a device has no memory left: less at once, then the CPU, then a sentence."""

import copy

import torch
from torch import Tensor, nn

from genai.errors import ConfigError
from genai.inference.forward import Forward
from genai.inference.padding import ROW_MULTIPLE


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory was lacking, of an accelerator or of the CPU."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def out_of_memory_error() -> ConfigError:
    """The sentence for it."""
    return ConfigError(
        "This machine has no memory left for that: ask for less at once, close other programs, or start the page "
        "with --device cpu."
    )


def run_with_memory_fallback(
    network: nn.Module, z: Tensor, labels: Tensor | None, forward: Forward | None = None
) -> Tensor:
    """Make items in one forward pass; where memory lacks, in halves down to eight rows, then on the CPU.

    Args:
        network: The generator.
        z: (B, Z), B a multiple of eight.
        labels: (B,), for a generator that has any.
        forward: The network's forward pass in another form, which is left aside as soon as memory lacks.

    Returns:
        What the network makes, float32, on the CPU.

    Raises:
        ConfigError: if the memory is too small even for that.
    """
    place = next(network.parameters(), z).device
    try:
        if forward is not None:
            return forward(z, labels)
        made: Tensor = network(z.to(place), None if labels is None else labels.to(place))
        return made.float().cpu()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Out of the handler: while an exception lives, so do the tensors of the call that failed.
    if forward is not None:
        return run_with_memory_fallback(network, z, labels)
    if len(z) > ROW_MULTIPLE:
        middle = len(z) // 2 // ROW_MULTIPLE * ROW_MULTIPLE or ROW_MULTIPLE
        halves = slice(None, middle), slice(middle, None)
        return torch.cat(
            [
                run_with_memory_fallback(network, z[half], None if labels is None else labels[half])
                for half in halves
            ]
        )
    if place.type != "cpu":
        return run_with_memory_fallback(copy.deepcopy(network).cpu(), z, labels)
    raise out_of_memory_error()
