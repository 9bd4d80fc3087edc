"""From the weights of a checkpoint to a network that is ready for use."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from genai.checkpoint.header import unreadable_error

N = TypeVar("N", bound=nn.Module)


def build_network(path: Path, make: Callable[[], N], weights: Mapping[str, Tensor]) -> N:
    """Make a network and load its weights, for inference only.

    The network is first made on the "meta" device, without memory for its weights, so that a header cannot make the
    program allocate more than the file holds.

    Args:
        path: Of the file, for errors.
        make: Makes the network that the header describes.
        weights: By name.

    Raises:
        CheckpointError: if header and weights do not fit each other, or a weight is infinite or NaN.
    """
    try:
        with torch.device("meta"):
            shapes = {name: tensor.shape for name, tensor in make().state_dict().items()}
        stored_shapes = {name: tensor.shape for name, tensor in weights.items()}
        if stored_shapes != shapes:
            names = shapes.keys() | stored_shapes.keys()
            different = [name for name in names if shapes.get(name) != stored_shapes.get(name)]
            raise ValueError(f"header and weights differ in {min(different)}")
        network = make()
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise unreadable_error(path.name, error) from error
    for name, tensor in weights.items():
        if not tensor.isfinite().all():
            raise unreadable_error(path.name, ValueError(f"{name} holds numbers that are not finite"))
    return network.eval().requires_grad_(False)
