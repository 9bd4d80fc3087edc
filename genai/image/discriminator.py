"""The discriminator of a DCGAN: it scores pictures, real or generated.

Source of the shapes: Radford et al. 2016, arXiv 1511.06434. Spectral norm and the paired convolutions: Miyato et
al. 2018, arXiv 1802.05957. Projection of the label: Miyato & Koyama 2018, arXiv 1802.05637; those of class,
variant and attribute are added.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from genai.gan.discriminator import DiscriminatorOutput, GanDiscriminator, log_likelihood
from genai.image.model import DCGANConfig

LEAK = 0.2  # slope of the leaky ReLU, from the paper


class ImageDiscriminator(GanDiscriminator):
    """Picture (and its label) -> logit: positive for real, negative for generated.

    Args:
        config: Shape of both networks.
        attributes: For each attribute of the pictures that this network is also to name, the number of its values.
    """

    def __init__(self, config: DCGANConfig, attributes: Sequence[int] = ()) -> None:
        super().__init__()
        self.config = config
        self.attributes = list(attributes)
        wrap = spectral_norm if config.normalisation == "spectral" else _unchanged
        self.blocks = nn.ModuleList(_paper_layers(config) if config.layout == "paper" else _paired_layers(config))
        convolutions = [module for module in self.blocks.modules() if isinstance(module, nn.Conv2d)]
        width = convolutions[-1].out_channels
        # The paper's head has weights for each position; the other one is applied to the mean over positions.
        kernel = 4 if config.layout == "paper" else 1
        self.head = wrap(nn.Conv2d(width, 1, kernel))
        if config.classes:
            self.projection = wrap(nn.Embedding(config.classes, width))
        if config.variants:
            self.variant_projection = wrap(nn.Embedding(config.variants, width))
        if config.attribute_values:
            self.attribute_projection = wrap(nn.Linear(width, config.attribute_values, bias=False))
            self.attribute_shares: Tensor
            even = torch.full((config.attribute_values,), 1 / config.attribute_values)
            self.register_buffer("attribute_shares", even)
        if config.classifier:
            self.classifier = nn.Linear(width, config.classes)
        if config.classifier and config.variants:
            self.variant_classifier = nn.Linear(width, config.variants)
        if attributes:
            self.attribute_classifier = nn.Linear(width, sum(attributes))

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Score pictures x (B, C, S, S) in [-1, 1] with conditions (B,), as of `Labels`: logits (B,)."""
        return self.outputs(x, labels).logits[0]

    def outputs(
        self,
        x: Tensor,
        labels: Tensor | None = None,
        noise: torch.Generator | None = None,
        told: Tensor | None = None,
    ) -> DiscriminatorOutput:
        """Score pictures x (B, C, S, S) with conditions; no layer uses the noise.

        Conditions are (B,), or (B, N) for the mean of the logits by N of them. Without the values (B,) of the
        attribute the logits are the mean by all of them, in proportion to their shares in the data.
        """
        maps = self.features(x)
        last = maps[-1]  # (B, F, 4, 4)
        pooled = last.mean(dim=(2, 3))  # (B, F)
        head_input = last if self.config.layout == "paper" else pooled[:, :, None, None]
        logits: Tensor = self.head(head_input).flatten()
        if self.config.classes:
            if labels is None:
                raise ValueError("this discriminator was built with classes and needs labels")
            logits = logits + (self.direction(labels) * pooled).sum(dim=1)
        if self.config.attribute_values:
            logits = logits + self.attribute_gain(pooled, told)
        output = DiscriminatorOutput([logits], [maps])
        if labels is not None and self.config.classifier:
            output = output._replace(log_likelihoods=[self.log_likelihood(pooled, labels)])
        if self.attributes:
            output = output._replace(attributes=self.attribute_classifier(pooled).split(self.attributes, dim=1))
        return output

    def direction(self, labels: Tensor) -> Tensor:
        """Return what conditions (B,) add to the weights of the features (B, F); of conditions (B, N) the mean."""
        variants = self.config.variants
        direction: Tensor
        if variants:
            direction = self.projection(labels // variants) + self.variant_projection(labels % variants)
        else:
            direction = self.projection(labels)
        return direction.mean(dim=1) if labels.ndim == 2 else direction

    def attribute_gain(self, pooled: Tensor, told: Tensor | None) -> Tensor:
        """Return what the attribute adds to the logits (B,), given mean features (B, F); `told` as in `outputs`."""
        gains: Tensor = self.attribute_projection(pooled)  # (B, V)
        if told is None:
            return gains @ self.attribute_shares.to(gains.dtype)
        return gains.gather(1, told[:, None])[:, 0]

    @torch.no_grad()
    def set_attribute_shares(self, shares: Tensor) -> None:
        """Set how often real pictures have each of the V values of the attribute: (V,)."""
        self.attribute_shares.copy_(shares)

    def log_likelihood(self, pooled: Tensor, labels: Tensor) -> Tensor:
        """Return the log-likelihood (B,) of conditions, as of `outputs`, given mean features (B, F)."""
        variants = self.config.variants
        if not variants:
            return log_likelihood(self.classifier(pooled), labels)
        of_class = log_likelihood(self.classifier(pooled), labels // variants)
        return of_class + log_likelihood(self.variant_classifier(pooled), labels % variants)

    def layers_from_input(self) -> list[list[nn.Module]]:
        """Return the layers, of one sub-discriminator."""
        return [list(self.blocks)]

    def features(self, x: Tensor) -> list[Tensor]:
        """Return the feature maps after each layer, the last one (B, F, 4, 4)."""
        maps = []
        for block in self.blocks:
            x = block(x)
            maps.append(x)
        return maps


def initialise(discriminator: ImageDiscriminator, rng: torch.Generator) -> None:
    """Set all weights: with batch norm N(0, 0.02), as in the paper; else as He et al. 2015, which keeps the scale.

    Projection and classifiers start at zero, so that at first the label has no influence. (Under spectral norm it
    starts random: the norm of zero weights is zero, and they would be divided by it.)
    """
    kind = discriminator.config.normalisation
    with torch.no_grad():
        for name, parameter in discriminator.named_parameters():
            if parameter.ndim == 4:
                scale = 0.02 if kind == "batch" else (2 / (1 + LEAK**2) / parameter[0].numel()) ** 0.5
                parameter.normal_(0, scale, generator=rng)
            elif "classifier" in name:
                parameter.zero_()
            elif "projection" in name:
                parameter.normal_(0, 1.0 if kind == "spectral" else 0.0, generator=rng)
            elif name.endswith("weight"):
                parameter.normal_(1, 0.02, generator=rng)  # scale of a batch norm
            else:
                parameter.zero_()


def _unchanged(module: nn.Module) -> nn.Module:
    return module


def _layer(config: DCGANConfig, inputs: int, outputs: int, kernel: int, *, first: bool = False) -> nn.Sequential:
    """A convolution (4x4 halves the picture's side, 3x3 keeps it), its normalisation, a leaky ReLU."""
    batch_norm = config.normalisation == "batch" and not first  # the paper leaves it out of the first layer
    stride = 2 if kernel == 4 else 1
    convolution: nn.Module = nn.Conv2d(inputs, outputs, kernel, stride, padding=1, bias=not batch_norm)
    if config.normalisation == "spectral":
        convolution = spectral_norm(convolution)
    norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
    return nn.Sequential(convolution, *norm, nn.LeakyReLU(LEAK))


def _paper_layers(config: DCGANConfig) -> list[nn.Sequential]:
    widths = [config.channels] + [config.discriminator_filters << n for n in range(config.doublings)]
    return [
        _layer(config, inputs, outputs, 4, first=n == 0) for n, (inputs, outputs) in enumerate(pairwise(widths))
    ]


def _paired_layers(config: DCGANConfig) -> list[nn.Sequential]:
    widths = [config.discriminator_filters << n for n in range(config.doublings + 1)]
    layers = [_layer(config, config.channels, widths[0], 3, first=True)]
    for before, after in pairwise(widths):
        layers.append(_layer(config, before, before, 4))
        layers.append(_layer(config, before, after, 3))
    return layers
