"""A transposed convolution as one matrix product, for the layers at which a CPU's convolution is slow."""

from math import ceil

from torch import Tensor, nn
from torch.nn import functional as F

Layer = nn.ConvTranspose1d | nn.ConvTranspose2d
NARROW, FEW_PLACES, FEW_MAPS = 2, 16, 4  # timed layer by layer on the shipped models, with AVX-512


class Upsampling(nn.Module):
    """A transposed convolution; on a CPU by a matrix product where the map is small or few maps come out.

    A transposed convolution multiplies what stands at each place of a map by one matrix, which gives a patch of
    outputs, and adds the patches up where they overlap. On maps of 4 x 2 places, or with one output map, a CPU's
    own convolution takes two to five times as long as that; on larger maps adding up costs more than is won.

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
        (high, wide), (down, along) = weight.shape[2:], self.stride
        # The patch in whole strides, (rows, columns) of them: what is missing is 0.
        self.rows, self.columns = ceil(high / down), ceil(wide / along)
        weight = F.pad(weight, (0, self.columns * along - wide, 0, self.rows * down - high))
        parts = weight.view(*weight.shape[:2], self.rows, down, self.columns, along)
        self.matrix: Tensor  # (I, rows x columns x stride x stride x O)
        self.register_buffer("matrix", parts.permute(0, 2, 4, 3, 5, 1).flatten(1).contiguous(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute what the layer does, from maps (B, I, W) or (B, I, H, W), to rounding."""
        small = x.shape[-1] <= NARROW or x.shape[2:].numel() <= FEW_PLACES or self.layer.out_channels <= FEW_MAPS
        if x.device.type != "cpu" or not small:
            y: Tensor = self.layer(x)
            return y
        return self._multiplied(x) if x.dim() == 4 else self._multiplied(x[:, :, None])[:, :, 0]

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
