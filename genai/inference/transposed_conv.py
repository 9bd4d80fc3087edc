"""Transposed convolutions in the form that is fastest for their shape and device."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TransposedConv = nn.ConvTranspose1d | nn.ConvTranspose2d
Pair = tuple[int, int]
"""(height, width)."""

# Limits between the forms, timed layer by layer on the shipped models, on a CPU with AVX-512.
NARROW_WIDTH = 2
FEW_POSITIONS = 16
FEW_CHANNELS = 4


@dataclass(frozen=True)
class Geometry:
    """The sizes of a transposed convolution; a one-dimensional one is treated as one on maps of height 1."""

    kernel: Pair
    stride: Pair
    padding: Pair
    output_padding: Pair

    @classmethod
    def of(cls, layer: TransposedConv) -> "Geometry":
        """Read the sizes of a layer."""
        assert isinstance(layer.padding, tuple)  # words such as "same" are for ordinary convolutions
        return cls(
            kernel=_pair(layer.kernel_size, 1),
            stride=_pair(layer.stride, 1),
            padding=_pair(layer.padding, 0),
            output_padding=_pair(layer.output_padding, 0),
        )

    @property
    def blocks(self) -> Pair:
        """How many blocks of the stride's size a patch spans in each dimension, the last one perhaps in part."""
        return ceil(self.kernel[0] / self.stride[0]), ceil(self.kernel[1] / self.stride[1])

    @property
    def scales_by_stride(self) -> bool:
        """Whether the output is as large as the input times the stride, whatever the input's size."""
        sizes = zip(self.kernel, self.stride, self.padding, self.output_padding, strict=True)
        return all(kernel - 2 * padding + extra == stride for kernel, stride, padding, extra in sizes)

    def output_slice(self, dim: int, positions: int) -> slice:
        """Return the part of the sum of all patches that is the output: its padding is cut off at both ends.

        Args:
            dim: 0 for the height, 1 for the width.
            positions: Of the input in that dimension.
        """
        padding = self.padding[dim]
        whole = (positions - 1) * self.stride[dim] + self.kernel[dim]
        return slice(padding, whole - padding + self.output_padding[dim])


class FastTransposedConv(nn.Module):
    """A transposed convolution in the fastest of four forms; all compute the same, to rounding.

    A transposed convolution multiplies the channels at each position of its input by one matrix. That gives a patch
    of outputs as large as the kernel. The patches of neighbouring positions lie a stride apart; where they overlap,
    they are added up. Finally the padding is cut off at the edges.

    1. One patch: an input of a single position. Nothing overlaps, so the product with the matrix is all.
    2. Overlap-add: the patches of all positions by one product, then added up, as in the definition above. On a
       CPU for few positions: on 4 x 2 of them PyTorch's own layer takes two to five times as long. On larger inputs
       the additions cost more than the product saves, except where a patch has fewer numbers than the channels
       that it is made of: for pictures of one channel it takes a third of the time of form 3. On a GPU where few
       channels come out.
    3. Sub-pixel convolution: an ordinary convolution that gives, at each position, all outputs of the block of the
       stride's size that begins there. Most of its weights are 0, but with few output channels a CPU spends its
       time on memory, and this takes half of it. Source: Shi et al. 2016, "Is the deconvolution layer the same as a
       convolutional layer?", arXiv 1609.07009.
    4. The layer itself: everything else, and all of it on devices other than a CPU or a CUDA GPU. A one-dimensional
       layer is computed as a two-dimensional one on maps of height 1, channels last: half the time.

    The times are those of the shipped models' layers.

    Args:
        layer: Trained, without groups and dilation.
    """

    def __init__(self, layer: TransposedConv) -> None:
        super().__init__()
        self.layer = layer
        self.geometry = Geometry.of(layer)
        is_1d = isinstance(layer, nn.ConvTranspose1d)
        weight = layer.weight.detach()
        weight = weight[:, :, None] if is_1d else weight  # (I, O, height, width)

        self.weight_2d: Tensor | None  # of a one-dimensional layer: (I, O, 1, width), channels last
        weight_2d = weight.contiguous(memory_format=torch.channels_last) if is_1d else None
        self.register_buffer("weight_2d", weight_2d, persistent=False)

        self.patch_matrix: Tensor
        self.register_buffer("patch_matrix", make_patch_matrix(weight, self.geometry), persistent=False)
        inputs, outputs = self.patch_matrix.shape
        self.patch_is_smaller = outputs < inputs  # than the channels of the position that it is made of

        self.has_few_channels = layer.out_channels <= FEW_CHANNELS and self.geometry.scales_by_stride
        self.subpixel_kernel: Tensor | None
        convolves = self.has_few_channels and not self.patch_is_smaller
        kernel = make_subpixel_kernel(weight, self.geometry) if convolves else None
        self.register_buffer("subpixel_kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute what the layer does, from (B, I, W) or (B, I, H, W) to (B, O, W') or (B, O, H', W')."""
        if x.dim() == 4:
            return self._choose_form(x)(x)
        maps = x[:, :, None]  # (B, I, 1, W)
        return self._choose_form(maps)(maps)[:, :, 0]

    def _choose_form(self, x: Tensor) -> Callable[[Tensor], Tensor]:
        device = x.device.type
        height, width = x.shape[2:]
        positions = height * width
        if device not in {"cpu", "cuda"}:
            return self._by_layer
        if positions == 1:
            return self._by_one_patch
        if device == "cuda":
            return self._by_overlap_add if self.has_few_channels else self._by_layer
        if self.subpixel_kernel is not None:
            return self._by_subpixel_convolution
        is_small = width <= NARROW_WIDTH or positions <= FEW_POSITIONS
        return self._by_overlap_add if is_small or self.patch_is_smaller else self._by_layer

    def _by_one_patch(self, x: Tensor) -> Tensor:
        """Compute form 1, from (B, I, 1, 1)."""
        patches = x.flatten(1) @ self.patch_matrix
        patches = patches.view(len(x), *self.geometry.blocks, *self.geometry.stride, -1)
        y = self._crop(merge_blocks(patches), 1, 1)  # (B, H', W', O)
        y = y if self.layer.bias is None else y + self.layer.bias
        return y.permute(0, 3, 1, 2)

    def _by_overlap_add(self, x: Tensor) -> Tensor:
        """Compute form 2, from (B, I, H, W)."""
        batch, inputs, height, width = x.shape
        rows, columns = self.geometry.blocks
        patches = x.permute(0, 2, 3, 1).reshape(-1, inputs) @ self.patch_matrix
        patches = patches.view(batch, height, width, rows, columns, *self.geometry.stride, -1)

        sums = self._start_sums(patches)
        for row in range(rows):
            for column in range(columns):
                blocks = patches[:, :, :, row, column].transpose(2, 3)  # (B, H, stride, W, stride, O)
                sums[:, row : row + height, :, column : column + width] += blocks
        y = sums.flatten(3, 4).flatten(1, 2)  # (B, rows of outputs, columns of outputs, O)
        return self._crop(y, height, width).permute(0, 3, 1, 2)

    def _start_sums(self, patches: Tensor) -> Tensor:
        """Make the sums of patches before the first is added: the bias, or 0.

        Args:
            patches: (B, H, W, rows, columns, stride, stride, O).

        Returns:
            (B, H + rows - 1, stride, W + columns - 1, stride, O).
        """
        batch, height, width, rows, columns, down, along, channels = patches.shape
        shape = (batch, height + rows - 1, down, width + columns - 1, along, channels)
        bias = self.layer.bias
        return patches.new_zeros(shape) if bias is None else bias.expand(shape).contiguous()

    def _by_subpixel_convolution(self, x: Tensor) -> Tensor:
        """Compute form 3, from (B, I, H, W)."""
        assert self.subpixel_kernel is not None
        batch, _, height, width = x.shape
        down, along = self.geometry.stride
        taps = self.subpixel_kernel.shape[2:]  # odd numbers
        bias = self.layer.bias
        y = F.conv2d(
            x.contiguous(memory_format=torch.channels_last),
            self.subpixel_kernel,
            None if bias is None else bias.repeat(down * along),
            padding=(taps[0] // 2, taps[1] // 2),
        )  # (B, stride x stride x O, H, W)
        blocks = y.permute(0, 2, 3, 1).reshape(batch, height, width, down, along, -1)
        return merge_blocks(blocks).permute(0, 3, 1, 2)

    def _by_layer(self, x: Tensor) -> Tensor:
        """Compute form 4, from (B, I, H, W)."""
        if self.weight_2d is None:
            y: Tensor = self.layer(x)
            return y
        sizes = self.geometry
        x = x.contiguous(memory_format=torch.channels_last)
        return F.conv_transpose2d(
            x, self.weight_2d, self.layer.bias, sizes.stride, sizes.padding, sizes.output_padding
        )

    def _crop(self, y: Tensor, height: int, width: int) -> Tensor:
        """Cut the sum of the patches (B, ..., ..., O) of H x W positions to the output (B, H', W', O)."""
        rows = self.geometry.output_slice(0, height)
        columns = self.geometry.output_slice(1, width)
        return y[:, rows, columns]


def make_patch_matrix(weight: Tensor, geometry: Geometry) -> Tensor:
    """Lay out weights (I, O, height, width) as the matrix from channels to a patch.

    Returns:
        (I, rows x columns x stride x stride x O): the patch as whole blocks of the stride's size, filled up with 0.
    """
    inputs, outputs, height, width = weight.shape
    down, along = geometry.stride
    rows, columns = geometry.blocks
    padded = F.pad(weight, (0, columns * along - width, 0, rows * down - height))
    blocks = padded.view(inputs, outputs, rows, down, columns, along)
    return blocks.permute(0, 2, 4, 3, 5, 1).flatten(1).contiguous()


def make_subpixel_kernel(weight: Tensor, geometry: Geometry) -> Tensor:
    """Lay out weights (I, O, height, width) as the kernel of the sub-pixel convolution.

    Returns:
        (stride x stride x O, I, taps, taps), channels last.
    """
    weight = _split_by_neighbour(weight, 2, geometry.stride[0], geometry.padding[0])
    weight = _split_by_neighbour(weight, 4, geometry.stride[1], geometry.padding[1])
    kernel = weight.permute(2, 4, 1, 0, 3, 5).flatten(0, 2)  # from (I, O, stride, taps, stride, taps)
    return kernel.contiguous(memory_format=torch.channels_last)


def _split_by_neighbour(weight: Tensor, dim: int, stride: int, padding: int) -> Tensor:
    """Split a dimension of the kernel in two: the output within its block (stride), the neighbour (taps).

    Output r of the block of input i is number i x stride + r + padding of the sum of all patches. The patch of
    input i + d begins at (i + d) x stride, so it adds its number padding + r - d x stride there, if it has one.
    """
    size = weight.shape[dim]
    reach = max((size - 1 - padding) // stride, (stride - 1 + padding) // stride)  # neighbours on either side
    outputs = torch.arange(stride)[:, None]
    neighbours = torch.arange(-reach, reach + 1)
    index = padding + outputs - stride * neighbours  # (stride, taps)
    index = index.where((index >= 0) & (index < size), size)  # else the 0 that is appended here
    zero = torch.zeros_like(weight.narrow(dim, 0, 1))
    chosen = torch.cat([weight, zero], dim).index_select(dim, index.flatten())
    return chosen.reshape(*weight.shape[:dim], *index.shape, *weight.shape[dim + 1 :])


def merge_blocks(blocks: Tensor) -> Tensor:
    """Put blocks (B, H, W, height, width, O) beside each other: (B, H x height, W x width, O)."""
    return blocks.transpose(2, 3).flatten(3, 4).flatten(1, 2)


def _pair(sizes: tuple[int, ...], height: int) -> Pair:
    """Return the sizes (height, width) of a layer; a one-dimensional one has only a width, and gets `height`."""
    return (sizes[0], sizes[1]) if len(sizes) == 2 else (height, sizes[0])
