"""What the discriminator of an image or audio model returns."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

Logits = Sequence[Tensor]  # one (B,) for each sub-discriminator, of any precision


class DiscriminatorOutput(NamedTuple):
    """Scores of B items and the feature maps behind them.

    Args:
        logits: (B,) from each sub-discriminator, positive for real, negative for generated.
        maps: The feature maps (B, F, ...) of each sub-discriminator, layer by layer.
    """

    logits: Logits
    maps: list[list[Tensor]]

    @property
    def mean_logits(self) -> Tensor:
        """The mean logit of the sub-discriminators: (B,)."""
        return torch.stack(list(self.logits)).mean(dim=0)

    @property
    def all_maps(self) -> list[Tensor]:
        """The feature maps of all sub-discriminators in one list."""
        return [layer for layers in self.maps for layer in layers]


class GanDiscriminator(nn.Module):
    """Base of the discriminators; one may consist of several sub-discriminators."""

    def layers_from_input(self) -> list[list[nn.Module]]:
        """Return the layers of each sub-discriminator, from its input on, without the head."""
        raise NotImplementedError

    def outputs(
        self, x: Tensor, labels: Tensor | None = None, noise: torch.Generator | None = None
    ) -> DiscriminatorOutput:
        """Score items.

        Args:
            x: (B, ...), items in [-1, 1].
            labels: (B,), their classes; None if the network has none.
            noise: For layers that are random in training; None switches them off.
        """
        raise NotImplementedError
