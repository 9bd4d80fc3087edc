"""A device that exists only in tests: its tensors compute on the CPU, but refuse what a GPU refuses.

PyTorch's fake tensors know their device but hold no values, so that a training or an evaluation stops at the first
number that it looks at; nor do they notice a generator of another device. A tensor here holds its values, as a
tensor of the CPU, and each operation is checked first. It is a backend in Python, as in PyTorch's own
test/test_privateuseone_python_backend.py.
"""

from contextlib import contextmanager

import torch
from torch.utils._mode_utils import no_dispatch
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

from genai.text.model import update_cell

NAME = "pretend"
BETWEEN_DEVICES = {"aten::copy_", "aten::_to_copy", "aten::_copy_from"}
INDICES = {"aten::index", "aten::index_put_", "aten::index_put", "aten::_index_put_impl_"}  # may be on the CPU
USED = []  # the names of operations that were computed while the device was switched on


class _Switch:
    on = False


class _Module(_DummyBackendModule):
    def is_available(self):
        return _Switch.on


class _Hook(torch._C._acc.PrivateUse1Hooks):
    def is_available(self):
        return _Switch.on

    def has_primary_context(self, _index):
        return _Switch.on

    def is_built(self):
        return True


class PretendTensor(torch.Tensor):
    """A tensor that says that it is on the device."""

    @staticmethod
    def __new__(cls, values):
        with torch.inference_mode(False):  # a view of a plain tensor must be a plain one
            return torch.Tensor._make_wrapper_subclass(
                cls,
                values.shape,
                strides=values.stride(),
                storage_offset=values.storage_offset(),
                dtype=values.dtype,
                device=torch.device(NAME, 0),
            )

    def __init__(self, values):
        self.values_on_cpu = values

    @classmethod
    def __torch_dispatch__(cls, operation, types, arguments=(), named=None):
        return _compute(operation, *arguments, **(named or {}))

    def tolist(self):
        return self.values_on_cpu.tolist()

    def __repr__(self):
        return f"{NAME}: {self.values_on_cpu}"

    def __format__(self, specification):
        return format(self.values_on_cpu, specification)

    def __reduce_ex__(self, protocol):  # a saved state holds plain tensors, as one of a GPU does
        return self.detach().cpu().__reduce_ex__(protocol)

    def __deepcopy__(self, memo):
        copy = self.detach().clone().requires_grad_(self.requires_grad)
        if isinstance(self, torch.nn.Parameter):
            copy = torch.nn.Parameter(copy, self.requires_grad)
        memo[id(self)] = copy
        return copy


CpuGenerator = torch.Generator
GENERATORS = {}  # those of the device, by the address that a kernel sees


class PretendGenerator(CpuGenerator):
    """A generator that says that it is on the device."""

    @property
    def device(self):
        return torch.device(NAME, 0)


class _GeneratorType(type):
    def __call__(cls, device="cpu"):
        if torch.device(device).type != NAME:
            return CpuGenerator(device)
        generator = PretendGenerator()
        GENERATORS[generator._cdata] = generator
        return generator

    def __instancecheck__(cls, instance):
        return isinstance(instance, CpuGenerator)


class AnyGenerator(metaclass=_GeneratorType):
    """Stands in for `torch.Generator`, which makes none for a backend in Python."""


def _compute(operation, *arguments, **named):
    _check(operation, arguments, named)
    if _Switch.on:
        USED.append(operation._schema.name)
    target = named.get("device")
    on_cpu = target is not None and torch.device(target).type == "cpu"
    if target is not None:
        named = {**named, "device": torch.device("cpu")}
    wrappers = {id(t.values_on_cpu): t for t in tree_leaves((arguments, named)) if isinstance(t, PretendTensor)}
    if torch.Tag.inplace_view in operation.tags:  # such as transpose_: the tensor outside changes its shape too
        with no_dispatch():
            operation(*arguments, **named)
    arguments, named = tree_map(
        lambda x: x.values_on_cpu if isinstance(x, PretendTensor) else x, (arguments, named)
    )
    results = KERNELS.get(operation._schema.name, operation)(*arguments, **named)
    if on_cpu:
        return results

    def wrap(result):
        if not isinstance(result, torch.Tensor):
            return result
        given = wrappers.get(id(result))  # what an operation in place returns is the tensor that it was given
        return PretendTensor(result) if given is None else given

    return tree_map(wrap, results)


def _lstm_cell(inputs, recurrent, cell, bias, other_bias):
    """Compute the kernel of a GPU's `nn.LSTM`, which a CPU lacks: hidden state, cell state, gates."""
    hidden, after, gates = update_cell(inputs + recurrent + bias + other_bias, cell)
    return hidden, after, torch.cat(gates, dim=1)


def _lstm_cell_backward(hidden_gradient, cell_gradient, cell, after, gates, _has_bias):
    i, f, g, o = gates.chunk(4, dim=1)
    zeros = torch.zeros_like(cell)
    hidden_gradient, cell_gradient = (zeros if x is None else x for x in (hidden_gradient, cell_gradient))
    total = cell_gradient + hidden_gradient * o * (1 - after.tanh() ** 2)
    parts = (
        total * g * i * (1 - i),
        total * cell * f * (1 - f),
        total * i * (1 - g**2),
        hidden_gradient * after.tanh() * o * (1 - o),
    )
    sums = torch.cat(parts, dim=1)
    return sums, total * f, sums.sum(dim=0)


KERNELS = {
    "aten::_thnn_fused_lstm_cell": _lstm_cell,
    "aten::_thnn_fused_lstm_cell_backward_impl": _lstm_cell_backward,
}


def _check(operation, arguments, named):
    """Raise the errors of a GPU: tensors of two devices, or a generator of another one."""
    name = operation._schema.name
    leaves = tree_leaves((arguments[:1] if name in INDICES else arguments, named))
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    strangers = [tensor for tensor in tensors if not isinstance(tensor, PretendTensor) and tensor.dim() > 0]
    if strangers and name not in BETWEEN_DEVICES and len(strangers) < len(tensors):
        raise RuntimeError(f"Expected all tensors to be on the same device, but {name} got pretend:0 and cpu")
    for leaf in leaves:
        if isinstance(leaf, CpuGenerator) and leaf._cdata not in GENERATORS:
            raise RuntimeError(f"Expected a '{NAME}' device type for generator but found '{leaf.device}'")


def _make_tensor(data, *, device=None, make=torch.tensor, **options):
    """Stand in for `torch.tensor`, which fails inside PyTorch for a backend in Python."""
    made = make(data, **options)
    return made if device is None else made.to(device)


_libraries = []


@contextmanager
def pretend_device(patch):
    """Switch the device on: it is then the accelerator of the machine.

    Args:
        patch: A MonkeyPatch.
    """
    if not _libraries:
        _setup_privateuseone_for_python_backend(NAME, _Module(), _Hook())
        library = torch.library.Library("_", "IMPL")
        library.fallback(_compute, "PrivateUse1")
        _libraries.append(library)  # it ends with its last reference
    USED.clear()
    GENERATORS.clear()
    patch.setattr(_Switch, "on", True)
    patch.setattr(torch, "Generator", AnyGenerator)
    patch.setattr(torch, "tensor", _make_tensor)
    yield torch.device(NAME, 0)
