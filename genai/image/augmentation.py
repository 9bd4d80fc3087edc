"""Random changes of pictures that a discriminator sees on real and generated ones alike.

Source: Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training" (DiffAugment), arXiv
2006.10738. A discriminator that sees a small data set only as it is learns it by heart; since generated pictures
are changed too, the changes do not leak into them. A strength of 1 is the paper's.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Augmentation = Literal["translation", "cutout", "colour"]
TRANSLATION = 1 / 8  # largest shift, as a share of the side
CUTOUT = 1 / 2  # side of the square that is blanked, as a share of the picture's


def augment(images: Tensor, kinds: tuple[Augmentation, ...], strength: float, rng: torch.Generator) -> Tensor:
    """Change each picture at random, in a differentiable way.

    Args:
        images: (B, C, S, S) in [-1, 1], of any precision.
        kinds: The changes, made in their order.
        strength: 0 to 1, by which shifts, sizes and ranges are multiplied; 0 changes nothing.
        rng: On the device of the pictures.

    Returns:
        (B, C, S, S), float32.
    """
    if strength == 0:
        return images
    images = images.float()
    for kind in kinds:
        uniform = torch.rand((3, len(images), 1, 1, 1), generator=rng, device=images.device)
        match kind:
            case "translation":
                images = translate(images, _whole_shifts(uniform, images, strength))
            case "cutout":
                images = cut_out(images, uniform[:2, :, 0, 0, 0], strength * CUTOUT)
            case "colour":
                images = recolour(images, uniform - 0.5, strength)
    return images


def translate(images: Tensor, shifts: Tensor) -> Tensor:
    """Shift pictures; zeros, a middle grey, move in.

    Args:
        images: (B, C, S, S).
        shifts: (2, B), whole pixels down and right.
    """
    side = images.shape[-1]
    margin = int(shifts.abs().max())
    padded = F.pad(images, (margin,) * 4)
    batch = torch.arange(len(images), device=images.device)[:, None, None]
    axis = torch.arange(side, device=images.device) + margin
    rows = (axis - shifts[0][:, None])[:, :, None]
    columns = (axis - shifts[1][:, None])[:, None, :]
    return padded.permute(0, 2, 3, 1)[batch, rows, columns].permute(0, 3, 1, 2)


def cut_out(images: Tensor, centres: Tensor, share: float) -> Tensor:
    """Set a square of each picture to 0.

    Args:
        images: (B, C, S, S).
        centres: (2, B), 0 to 1 down and right.
        share: Side of the square, as a share of the picture's.
    """
    side = images.shape[-1]
    pixels = (torch.arange(side, device=images.device) + 0.5) / side
    inside = (pixels - centres[..., None]).abs() <= share / 2  # (2, B, S)
    square = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return images.masked_fill(square, 0.0)


def recolour(images: Tensor, changes: Tensor, strength: float) -> Tensor:
    """Change brightness, saturation and contrast of pictures.

    Args:
        images: (B, C, S, S).
        changes: (3, B, 1, 1, 1) in [-0.5, 0.5], one for each.
        strength: 0 to 1: brightness moves by half of it at most, saturation by the whole, contrast by half.
    """
    brightness, saturation, contrast = changes * strength
    images = images + brightness
    grey = images.mean(dim=1, keepdim=True)
    images = torch.lerp(grey.expand_as(images), images, 2 * saturation + 1)
    level = images.mean(dim=(1, 2, 3), keepdim=True)
    return torch.lerp(level.expand_as(images), images, contrast + 1)


def _whole_shifts(uniform: Tensor, images: Tensor, strength: float) -> Tensor:
    """Return shifts (2, B) in whole pixels, each equally probable up to the largest."""
    largest = round(strength * TRANSLATION * images.shape[-1])
    steps = uniform[:2, :, 0, 0, 0] * (2 * largest + 1)
    return steps.long().clamp(max=2 * largest) - largest
