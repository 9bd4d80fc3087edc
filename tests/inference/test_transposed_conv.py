"""All forms against PyTorch's own transposed convolution, and which is chosen when."""

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from genai.inference.transposed_conv import FastTransposedConv
from genai.seeds import make_rng

LAYERS = {
    "from a point": (lambda: nn.ConvTranspose2d(5, 6, 4, bias=False), (5, 1, 1)),
    "doubling a small map": (lambda: nn.ConvTranspose2d(5, 6, 4, 2, padding=1), (5, 4, 2)),
    "doubling a narrow map": (lambda: nn.ConvTranspose2d(5, 6, 4, 2, padding=1, bias=False), (5, 16, 2)),
    "to one map": (lambda: nn.ConvTranspose2d(5, 1, 4, 2, padding=1), (5, 7, 9)),
    "four times as long": (lambda: nn.ConvTranspose1d(5, 6, 25, 4, padding=11, output_padding=1), (5, 8)),
    "to one map of many": (lambda: nn.ConvTranspose2d(40, 1, 4, 2, padding=1), (40, 7, 9)),
    "to one signal": (lambda: nn.ConvTranspose1d(5, 1, 25, 4, padding=11, output_padding=1), (5, 40)),
    "to three wide maps": (lambda: nn.ConvTranspose2d(5, 3, (6, 3), (2, 3), (2, 0), bias=False), (5, 7, 9)),
    "uneven": (lambda: nn.ConvTranspose2d(5, 3, (3, 5), (2, 3), (0, 2), (1, 0)), (5, 3, 4)),
}
FORMS = ("_by_one_patch", "_by_overlap_add", "_by_subpixel_convolution", "_by_layer")


@pytest.fixture(params=LAYERS)
def case(request):
    """A layer and an input of a shape."""
    make, shape = LAYERS[request.param]
    layer, rng = make().requires_grad_(False), make_rng(1)
    for weight in layer.parameters():
        weight.normal_(generator=rng)
    return layer, torch.randn(3, *shape, generator=rng)


def test_it_is_the_layer_to_rounding(case):
    layer, x = case
    torch.testing.assert_close(FastTransposedConv(layer)(x), layer(x), rtol=0, atol=1e-5)


def test_maps_laid_out_channels_last_are_the_same(case):
    layer, x = case
    channels_last = x.transpose(1, -1).contiguous().transpose(1, -1)
    torch.testing.assert_close(FastTransposedConv(layer)(channels_last), layer(x), rtol=0, atol=1e-5)


def chosen_form(layer, x, device="cpu"):
    """The form that is chosen for an input of a shape on a device."""
    return FastTransposedConv(layer)._choose_form((x if x.dim() == 4 else x[:, :, None]).to(device)).__name__


SMALL = ("doubling a small map", "doubling a narrow map", "uneven", "four times as long", "to one map of many")
FEW = ("to one map", "to one signal", "to three wide maps")


def test_a_cpu_takes_the_form_that_is_fastest_for_the_shape(case, request):
    name = request.node.callspec.params["case"]
    few = name in FEW
    form = "_by_one_patch" if name == "from a point" else "_by_subpixel_convolution" if few else "_by_overlap_add"
    assert few or name in (*SMALL, "from a point")
    assert chosen_form(*case) == form


def test_large_maps_are_left_to_the_layer():
    layer = nn.ConvTranspose2d(5, 6, 4, 2, padding=1)
    assert chosen_form(layer, torch.zeros(1, 5, 16, 16)) == "_by_layer"


def test_every_form_is_the_layer_to_rounding(case):
    layer, x = case
    fast, maps = FastTransposedConv(layer), x if x.dim() == 4 else x[:, :, None]
    impossible = set()
    if maps[0, 0].numel() > 1:
        impossible.add("_by_one_patch")
    if fast.subpixel_kernel is None:
        impossible.add("_by_subpixel_convolution")
    for form in FORMS:
        if form not in impossible:
            y = getattr(fast, form)(maps).reshape(layer(x).shape)
            torch.testing.assert_close(y, layer(x), rtol=0, atol=1e-5, msg=form)


def test_a_gpu_takes_overlap_add_where_few_maps_come_out(case, request):
    name = request.node.callspec.params["case"]
    few = name in (*FEW, "to one map of many")
    with FakeTensorMode(allow_non_fake_inputs=True):
        form = chosen_form(*case, device="cuda")
    assert form == ("_by_one_patch" if name == "from a point" else "_by_overlap_add" if few else "_by_layer")


def test_on_another_device_the_layer_itself_is_asked():
    layer = nn.ConvTranspose2d(5, 6, 4, 2, padding=1)
    assert chosen_form(layer, torch.zeros(1, 5, 4, 4), device="meta") == "_by_layer"
    assert FastTransposedConv(layer).to("meta")(torch.zeros(1, 5, 4, 4, device="meta")).shape == (1, 6, 8, 8)
