"""A transposed convolution as something else, for the layers at which a CPU's is slow."""

from math import ceil

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Layer = nn.ConvTranspose1d | nn.ConvTranspose2d
NARROW, FEW_PLACES, FEW_MAPS = 2, 16, 4  # timed layer by layer on the shipped models, with AVX-512


class Upsampling(nn.Module):
    """A transposed convolution; on a CPU, a matrix product on small maps and a convolution where few maps come out.

    A transposed convolution multiplies what stands at each place of a map by one matrix, which gives a patch of
    outputs, and adds the patches up where they overlap. On maps of 4 x 2 places a CPU's own takes two to five times
    as long as that; on larger maps adding up costs more than is won.

    It is also a convolution that gives, at each place, all outputs of the stride that begins there. Most of its
    weights are 0, but where few maps come out the time goes into memory: it takes half. Source: Shi et al. 2016,
    "Is the deconvolution layer the same as a convolutional layer?", arXiv 1609.07009.

    Args:
        layer: Trained, without groups and dilation.
    """

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        flat = layer.weight.dim() == 3  # one-dimensional: a picture of height 1
        weight = layer.weight.detach()
        weight = weight[:, :, None] if flat else weight  # (I, O, height, width)
        self.stride: tuple[int, ...] = (1, *layer.stride) if flat else layer.stride
        assert isinstance(layer.padding, tuple)  # words are for convolutions that do not transpose
        self.cut: tuple[int, ...] = (0, *layer.padding) if flat else layer.padding
        self.kernel: Tensor | None  # (stride x stride x O, I, taps, taps)
        self.register_buffer("kernel", self._kernel(weight) if self._few() else None, persistent=False)
        (high, wide), (down, along) = weight.shape[2:], self.stride
        # The patch in whole strides, (rows, columns) of them: what is missing is 0.
        self.rows, self.columns = ceil(high / down), ceil(wide / along)
        weight = F.pad(weight, (0, self.columns * along - wide, 0, self.rows * down - high))
        parts = weight.view(*weight.shape[:2], self.rows, down, self.columns, along)
        self.matrix: Tensor  # (I, rows x columns x stride x stride x O)
        self.register_buffer("matrix", parts.permute(0, 2, 4, 3, 5, 1).flatten(1).contiguous(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute what the layer does, from maps (B, I, W) or (B, I, H, W), to rounding."""
        small = x.shape[-1] <= NARROW or x.shape[2:].numel() <= FEW_PLACES
        if x.device.type != "cpu" or not (small or self.kernel is not None):
            y: Tensor = self.layer(x)
            return y
        work = self._multiplied if self.kernel is None else self._convolved
        return work(x) if x.dim() == 4 else work(x[:, :, None])[:, :, 0]

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
