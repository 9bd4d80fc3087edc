"""The matrix product and the convolution against PyTorch's own transposed convolution."""

import pytest
import torch
from torch import nn

from genai.randomness import generator
from genai.upsampling import Upsampling

LAYERS = {
    "from a point": (lambda: nn.ConvTranspose2d(5, 6, 4, bias=False), (5, 1, 1)),
    "doubling a small map": (lambda: nn.ConvTranspose2d(5, 6, 4, 2, padding=1), (5, 4, 2)),
    "doubling a narrow map": (lambda: nn.ConvTranspose2d(5, 6, 4, 2, padding=1, bias=False), (5, 16, 2)),
    "to one map": (lambda: nn.ConvTranspose2d(5, 1, 4, 2, padding=1), (5, 7, 9)),
    "four times as long": (lambda: nn.ConvTranspose1d(5, 6, 25, 4, padding=11, output_padding=1), (5, 8)),
    "to one signal": (lambda: nn.ConvTranspose1d(5, 1, 25, 4, padding=11, output_padding=1), (5, 40)),
    "to three wide maps": (lambda: nn.ConvTranspose2d(5, 3, (6, 3), (2, 3), (2, 0), bias=False), (5, 7, 9)),
    "uneven": (lambda: nn.ConvTranspose2d(5, 3, (3, 5), (2, 3), (0, 2), (1, 0)), (5, 3, 4)),
}


@pytest.fixture(params=LAYERS)
def case(request):
    make, shape = LAYERS[request.param]
    layer, rng = make().requires_grad_(False), generator(1)
    for weight in layer.parameters():
        weight.normal_(generator=rng)
    return layer, torch.randn(3, *shape, generator=rng)


def test_it_is_the_layer_to_rounding(case):
    layer, x = case
    torch.testing.assert_close(Upsampling(layer)(x), layer(x), rtol=0, atol=1e-5)


def test_maps_laid_out_channels_last_are_the_same(case):
    layer, x = case
    turned = x.transpose(1, -1).contiguous().transpose(1, -1)
    torch.testing.assert_close(Upsampling(layer)(turned), layer(x), rtol=0, atol=1e-5)


def test_the_product_stands_in_where_the_layer_is_slow_and_nowhere_else(case, monkeypatch):
    layer, x = case
    monkeypatch.setattr(type(layer), "forward", lambda self, x: pytest.fail("the layer was asked"))
    Upsampling(layer)(x)
    large = Upsampling(nn.ConvTranspose2d(5, 6, 4, 2, padding=1))
    monkeypatch.setattr(nn.ConvTranspose2d, "forward", lambda self, x: "asked")
    assert large(torch.zeros(1, 5, 16, 16)) == "asked"


def test_a_convolution_stands_in_where_few_maps_come_out_of_whole_strides(case, request):
    layer, x = case
    upsampling = Upsampling(layer)
    few = request.node.callspec.params["case"] in ("to one map", "to one signal", "to three wide maps")
    assert (upsampling.kernel is not None) == few
    upsampling._multiplied = lambda x: pytest.fail("the product was asked")
    if few:
        upsampling(x)


def test_on_another_device_the_layer_itself_is_asked():
    layer = Upsampling(nn.ConvTranspose2d(5, 6, 4, 2, padding=1)).to("meta")
    layer._multiplied = None  # would fail
    assert layer(torch.zeros(1, 5, 4, 4, device="meta")).shape == (1, 6, 8, 8)
