"""From the weights of a checkpoint to a network that is ready for use."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from genai.checkpoint.header import unreadable_error

N = TypeVar("N", bound=nn.Module)


class WithoutNormalNumbers(TorchFunctionMode):
    """Within it, `nn.init.normal_`, by which `nn.Embedding` begins, leaves a tensor as it is.

    On the "meta" device a tensor has no numbers to set, but PyTorch imports its compiler, `torch._dynamo`, to find
    that out: about two seconds of a core when a process loads its first model.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Call a function of PyTorch, other than that."""
        named = kwargs or {}
        if func is nn.init.normal_:
            return args[0] if args else named["tensor"]
        return func(*args, **named)


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
        with torch.device("meta"), WithoutNormalNumbers():
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
