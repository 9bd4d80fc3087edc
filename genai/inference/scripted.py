"""Loops that run without Python.

A process has one Python interpreter: a thread that loops over small operations gives it up at each of them and
waits for it after each, behind all other threads. A loop in TorchScript, the part of Python that PyTorch compiles
for its own interpreter, is one operation, and each step of it starts sooner. PyTorch now advises torch.compile,
which needs a C++ compiler where this runs; requirements.txt names the one release that is used.
"""

import threading
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

_LOCK = threading.Lock()  # Python keeps its list of unwanted warnings for all threads


def scripted(module: nn.Module) -> Callable[..., Any]:
    """Compile the `forward` of a module and all that it calls; it computes the same, to the bit.

    Frozen, that is, calls are written out in place and weights are constants. Not optimised: after the first calls
    PyTorch would fuse products and sums, and results would change by rounding.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is deprecated", FutureWarning)
        script = torch.jit.script(module.eval())
        compiled: Callable[..., Any] = torch.jit.freeze(script, optimize_numerics=False)

    def run(*args: object) -> Any:  # noqa: ANN401
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            return compiled(*args)

    return run
