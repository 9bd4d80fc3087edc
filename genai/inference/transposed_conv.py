"""A transposed convolution as something else, for the layers at which the usual one is slow."""

from collections.abc import Callable
from math import ceil

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TransposedConv = nn.ConvTranspose1d | nn.ConvTranspose2d
NARROW, FEW_PLACES, FEW_MAPS = 2, 16, 4  # timed layer by layer on the shipped models, with AVX-512


class FastTransposedConv(nn.Module):
    """A transposed convolution in the form that is fastest: timed layer by layer on the shipped models.

    A transposed convolution multiplies what stands at each place of a map by one matrix, which gives a patch of
    outputs, and adds the patches up where they overlap. Of a single place nothing overlaps: the product is all. On
    maps of 4 x 2 places a CPU's own layer takes two to five times as long as that; on larger maps adding up costs
    more than is won, except where a patch has fewer numbers than the place that it is made of (pictures of one map:
    a third of the time of the convolution below), and on a GPU where few maps come out.

    It is also a convolution that gives, at each place, all outputs of the stride that begins there. Most of its
    weights are 0, but where few maps come out a CPU's time goes into memory: it takes half. Source: Shi et al.
    2016, "Is the deconvolution layer the same as a convolutional layer?", arXiv 1609.07009.

    A one-dimensional layer is one on pictures of height 1, whose maps lie beside each other place by place
    (channels last): half the time.

    Args:
        layer: Trained, without groups and dilation.
    """

    def __init__(self, layer: TransposedConv) -> None:
        super().__init__()
        self.layer = layer
        flat = layer.weight.dim() == 3  # one-dimensional: a picture of height 1
        weight = layer.weight.detach()
        weight = weight[:, :, None] if flat else weight  # (I, O, height, width)
        turned = weight.contiguous(memory_format=torch.channels_last) if flat else None
        self.flat: Tensor | None
        self.register_buffer("flat", turned, persistent=False)
        self.stride: tuple[int, ...] = (1, *layer.stride) if flat else layer.stride
        assert isinstance(layer.padding, tuple)  # words are for convolutions that do not transpose
        self.cut: tuple[int, ...] = (0, *layer.padding) if flat else layer.padding
        (high, wide), (down, along) = weight.shape[2:], self.stride
        # The patch in whole strides, (rows, columns) of them: what is missing is 0.
        self.rows, self.columns = ceil(high / down), ceil(wide / along)
        padded = F.pad(weight, (0, self.columns * along - wide, 0, self.rows * down - high))
        parts = padded.view(*weight.shape[:2], self.rows, down, self.columns, along)
        self.matrix: Tensor  # (I, rows x columns x stride x stride x O)
        self.register_buffer("matrix", parts.permute(0, 2, 4, 3, 5, 1).flatten(1).contiguous(), persistent=False)
        self.few = self._few()
        self.shrinking = self.matrix.shape[1] < self.matrix.shape[0]  # a patch is less than what it is made of
        self.kernel: Tensor | None  # (stride x stride x O, I, taps, taps)
        convolved = self.few and not self.shrinking
        self.register_buffer("kernel", self._kernel(weight) if convolved else None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute what the layer does, from maps (B, I, W) or (B, I, H, W), to rounding."""
        maps = x if x.dim() == 4 else x[:, :, None]
        y = self._work(maps)(maps)
        return y if x.dim() == 4 else y[:, :, 0]

    def _work(self, x: Tensor) -> Callable[[Tensor], Tensor]:
        on_cpu, places = x.device.type == "cpu", x.shape[2:].numel()
        if not on_cpu and x.device.type != "cuda":
            return self._transposed
        if places == 1:
            return self._spread
        if not on_cpu:
            return self._multiplied if self.few else self._transposed
        if self.kernel is not None:
            return self._convolved
        small = x.shape[-1] <= NARROW or places <= FEW_PLACES
        return self._multiplied if small or self.shrinking else self._transposed

    def _few(self) -> bool:
        """Whether few maps come out, each of as many whole strides as there are places."""
        return self.layer.out_channels <= FEW_MAPS and self._kept((8, 8)) == [
            (cut, cut + 8 * step) for cut, step in zip(self.cut, self.stride, strict=True)
        ]

    def _kernel(self, weight: Tensor) -> Tensor:
        """Sort the weights (I, O, height, width) by the output within a stride and the neighbour they belong to."""
        for dim, step, cut in zip((2, 4), self.stride, self.cut, strict=True):  # each makes two dimensions of one
            size = weight.shape[dim]
            reach = max((size - 1 - cut) // step, (step - 1 + cut) // step)  # neighbours on either side
            place = cut + torch.arange(step)[:, None] - step * torch.arange(-reach, reach + 1)  # (stride, taps)
            place = place.where((place >= 0) & (place < size), size)  # where a 0 stands
            before, after = weight.shape[:dim], weight.shape[dim + 1 :]
            weight = torch.cat([weight, torch.zeros_like(weight.narrow(dim, 0, 1))], dim)
            weight = weight.index_select(dim, place.flatten()).reshape(*before, *place.shape, *after)
        return weight.permute(2, 4, 1, 0, 3, 5).flatten(0, 2).contiguous(memory_format=torch.channels_last)

    def _convolved(self, x: Tensor) -> Tensor:
        assert self.kernel is not None
        (batch, _, height, width), (down, along), bias = x.shape, self.stride, self.layer.bias
        taps = self.kernel.shape[2:]
        y = F.conv2d(
            x.contiguous(memory_format=torch.channels_last),
            self.kernel,
            None if bias is None else bias.repeat(down * along),
            padding=(taps[0] // 2, taps[1] // 2),
        )
        y = y.permute(0, 2, 3, 1).reshape(batch, height, width, down, along, -1)
        return y.transpose(2, 3).flatten(3, 4).flatten(1, 2).permute(0, 3, 1, 2)

    def _transposed(self, x: Tensor) -> Tensor:
        """As it is written."""
        if self.flat is None:
            y: Tensor = self.layer(x)
            return y
        more = self.layer.output_padding
        x = x.contiguous(memory_format=torch.channels_last)
        return F.conv_transpose2d(x, self.flat, self.layer.bias, self.stride, self.cut, (0, *more))

    def _spread(self, x: Tensor) -> Tensor:
        """Make a patch of the one place of each map."""
        patches = (x.flatten(1) @ self.matrix).view(len(x), self.rows, self.columns, *self.stride, -1)
        (top, bottom), (left, right) = self._kept((1, 1))
        y = patches.transpose(2, 3).flatten(3, 4).flatten(1, 2)[:, top:bottom, left:right]  # (B, H', W', O)
        return (y if self.layer.bias is None else y + self.layer.bias).permute(0, 3, 1, 2)

    def _multiplied(self, x: Tensor) -> Tensor:
        batch, inputs, height, width = x.shape
        patches = x.permute(0, 2, 3, 1).reshape(-1, inputs) @ self.matrix
        patches = patches.view(batch, height, width, self.rows, self.columns, *self.stride, -1)
        sums = self._room(patches)
        for row in range(self.rows):
            for column in range(self.columns):
                part = patches[:, :, :, row, column].transpose(2, 3)  # (B, H, stride, W, stride, O)
                sums[:, row : row + height, :, column : column + width] += part
        (top, bottom), (left, right) = self._kept((height, width))
        y = sums.flatten(3, 4).flatten(1, 2)[:, top:bottom, left:right]  # (B, H', W', O)
        return y.permute(0, 3, 1, 2)

    def _room(self, patches: Tensor) -> Tensor:
        """Make room to add patches up, the bias in it: (B, H + rows - 1, stride, W + columns - 1, stride, O)."""
        batch, height, width, rows, columns, down, along, maps = patches.shape
        shape = (batch, height + rows - 1, down, width + columns - 1, along, maps)
        bias = self.layer.bias
        return patches.new_zeros(shape) if bias is None else bias.expand(shape).contiguous()

    def _kept(self, sides: tuple[int, int]) -> list[tuple[int, int]]:
        """Return from where to where the sums are the layer's output: its padding is cut off on both sides."""
        kernel, more = self.layer.kernel_size, self.layer.output_padding
        if len(kernel) == 1:
            kernel, more = (1, *kernel), (0, *more)
        ends = [
            (side - 1) * step + size - cut + extra
            for side, step, size, cut, extra in zip(sides, self.stride, kernel, self.cut, more, strict=True)
        ]
        return list(zip(self.cut, ends, strict=True))
