"""The generator of a DCGAN, which makes pictures from noise, and the shape of both networks.

Source of the shapes: Radford et al. 2016, arXiv 1511.06434.

An attribute of few values, such as hair colour, may be chosen by z and given to the generator as an embedding.
A continuous map from z alone must pass through what lies between two values, and no real hair has a colour between
grey and pink. A rare value, which has a small part of z for itself, would hardly ever be made pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

ATTRIBUTE_SIZE = 8
"""Size of the embedding of an attribute's value."""


@dataclass(frozen=True)
class DCGANConfig:
    """Shape of both networks."""

    size: int = 32
    """Height and width in pixels, a power of two from 8."""
    channels: int = 1
    """1 for grey, 3 for RGB."""
    classes: int = 0
    """Number of labels; 0 for none."""
    variants: int = 0
    """Number of variants, such as hairstyles, in which each class may come; 0 for none."""
    attribute_values: int = 0
    """Number of values of the attribute that the first number of z chooses; 0 for none."""
    latent_size: int = 100
    embedding_size: int = 32
    """Size of the embedding of a label and of a variant, which are appended to z."""
    generator_filters: int = 64
    """Feature maps before the last layer; each earlier layer has twice as many."""
    discriminator_filters: int = 32
    """Feature maps after the first layer; each halving of the picture's side doubles them."""
    layout: Literal["paper", "paired"] = "paired"
    """paper: 4x4 convolutions of stride 2; paired: a 3x3 convolution before each, mean pooling at the end."""
    normalisation: Literal["batch", "spectral", "none"] = "none"
    """Of the discriminator; the generator has batch norm as in the paper."""
    classifier: bool = False
    """Whether the discriminator also names the class and the variant."""

    @property
    def doublings(self) -> int:
        """Times that the generator doubles the picture's side, from 4 pixels on."""
        return (self.size // 4).bit_length() - 1


class Generator(nn.Module):
    """z (and a label, and a variant) -> picture, by transposed convolutions that double the size."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.generator_filters << n for n in reversed(range(config.doublings))]
        inputs = config.latent_size
        if config.classes:
            self.embedding = nn.Embedding(config.classes, config.embedding_size)
            inputs += config.embedding_size
        if config.variants:
            self.variant_embedding = nn.Embedding(config.variants, config.embedding_size)
            inputs += config.embedding_size
        if config.attribute_values:
            self.attribute_embedding = nn.Embedding(config.attribute_values, ATTRIBUTE_SIZE)
            inputs += ATTRIBUTE_SIZE
            conditions = config.classes * max(1, config.variants)
            # For each condition, the sum of the shares of the values up to each.
            self.attribute_bounds: Tensor
            self.register_buffer("attribute_bounds", torch.ones(conditions, config.attribute_values))
        first = nn.ConvTranspose2d(inputs, widths[0], 4, bias=False)  # 1x1 -> 4x4
        blocks = [nn.Sequential(first, nn.BatchNorm2d(widths[0]), nn.ReLU())]
        for before, after in pairwise(widths):
            layer = nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False)
            blocks.append(nn.Sequential(layer, nn.BatchNorm2d(after), nn.ReLU()))
        last = nn.ConvTranspose2d(widths[-1], config.channels, 4, stride=2, padding=1)
        blocks.append(nn.Sequential(last, nn.Tanh()))
        self.blocks = nn.ModuleList(blocks)
        self.depth = len(blocks)  # feature maps

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make pictures (B, C, S, S) in [-1, 1] from z (B, Z), standard normal, and conditions (B,) of `Labels`."""
        return self.features(z, labels)[-1]

    def features(self, z: Tensor, labels: Tensor | None = None) -> list[Tensor]:
        """Return the feature maps after each layer, (B, F, 4, 4) to the picture (B, C, S, S); `depth` of them."""
        return list(self.stages(z, labels))

    def stages(self, z: Tensor, labels: Tensor | None = None) -> Iterator[Tensor]:
        """Yield the same maps lazily, so that a caller can stop early."""
        x = self.with_labels(z, labels)[:, :, None, None]  # (B, Z + E, 1, 1)
        for block in self.blocks:
            x = block(x)
            yield x

    def with_labels(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """Join z (B, Z) with the embeddings (B, E) of class, variant and attribute, as far as there are any."""
        config = self.config
        if not config.classes:
            return z
        if labels is None:
            raise ValueError("this generator was built with classes and needs labels")
        parts = [z, self.embedding(labels // max(1, config.variants))]
        if config.variants:
            parts.append(self.variant_embedding(labels % config.variants))
        if config.attribute_values:
            parts.append(self.attribute_embedding(self.choose_attribute(z, labels)))
        return torch.cat(parts, dim=1)

    def choose_attribute(self, z: Tensor, labels: Tensor) -> Tensor:
        """Return the value (B,) of the attribute that z (B, Z) chooses in pictures of conditions (B,).

        The distribution function of a standard normal number is uniform from 0 to 1; each value has a part of that
        range that is as long as its share in the data.
        """
        position = (1 + torch.erf(z[:, 0].float() / 2**0.5)) / 2  # torch.special.ndtr does not run on every device
        passed = position[:, None] >= self.attribute_bounds[labels]
        count: Tensor = passed.sum(dim=1)
        return count.clamp(max=self.config.attribute_values - 1)

    @torch.no_grad()
    def set_attribute_shares(self, shares: Tensor) -> None:
        """Set how often real pictures of each condition have each of the V values: (C, V), 0 if there are none."""
        occurs = shares.sum(dim=1, keepdim=True) > 0
        self.attribute_bounds[: len(shares)] = torch.where(occurs, shares.cumsum(dim=1), 1.0)


def initialise(generator: Generator, rng: torch.Generator) -> None:
    """Set all weights as the paper: N(0, 0.02), scales of batch norm N(1, 0.02), biases 0; embeddings N(0, 1)."""
    with torch.no_grad():
        for module in generator.modules():
            if isinstance(module, nn.ConvTranspose2d):
                module.weight.normal_(0, 0.02, generator=rng)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.normal_(1, 0.02, generator=rng)
            elif isinstance(module, nn.Embedding):
                module.weight.normal_(generator=rng)
