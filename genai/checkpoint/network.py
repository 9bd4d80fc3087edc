"""From the file of a checkpoint to a network that can be used."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from genai.checkpoint.header import unreadable_error

N = TypeVar("N", bound=nn.Module)


def build_network(path: Path, make: Callable[[], N], weights: Mapping[str, Tensor]) -> N:
    """Make a network as the header says and fill in its weights, ready for use.

    It is first made without memory for its weights: a header that speaks of more than the file holds asks for none.

    Raises:
        CheckpointError: if header and weights do not fit each other, or a weight is not a finite number.
    """
    try:
        with torch.device("meta"):
            shapes = {name: tensor.shape for name, tensor in make().state_dict().items()}
        odd = [name for name in shapes.keys() | weights.keys() if shapes.get(name) != _shape(weights.get(name))]
        if odd:
            raise ValueError(f"header and weights differ in {min(odd)}")
        network = make()
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise unreadable_error(path.name, error) from error
    wrong = [name for name, tensor in weights.items() if not tensor.isfinite().all()]
    if wrong:
        raise unreadable_error(path.name, ValueError(f"{wrong[0]} holds numbers that are not finite"))
    return network.eval().requires_grad_(False)


def _shape(tensor: Tensor | None) -> torch.Size | None:
    return None if tensor is None else tensor.shape
