"""What the discriminator of an image or audio model returns."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

Logits = Sequence[Tensor]  # one (B,) for each sub-discriminator, of any precision


class DiscriminatorOutput(NamedTuple):
    """Scores of B items and the feature maps behind them.

    Args:
        logits: (B,) from each sub-discriminator, positive for real, negative for generated.
        maps: The feature maps (B, F, ...) of each sub-discriminator, layer by layer.
        log_likelihoods: (B,) from each sub-discriminator, of the item's label under its classifier, in nats; empty
            without classifiers.
        attributes: (B, V) for each attribute, logits of its V values; empty without attributes.
    """

    logits: Logits
    maps: list[list[Tensor]]
    log_likelihoods: Logits = ()
    attributes: Sequence[Tensor] = ()

    @property
    def mean_logits(self) -> Tensor:
        """The mean logit of the sub-discriminators: (B,)."""
        return torch.stack(list(self.logits)).mean(dim=0)

    @property
    def all_maps(self) -> list[Tensor]:
        """The feature maps of all sub-discriminators in one list."""
        return [layer for layers in self.maps for layer in layers]


def log_likelihood(class_logits: Tensor, labels: Tensor) -> Tensor:
    """Return the logarithm of the softmax at the labels, in float32: (B,).

    Args:
        class_logits: (B, C).
        labels: (B,), or (B, N) for the mean over N of them.
    """
    logs = class_logits.float().log_softmax(dim=1)
    return logs.gather(1, labels.view(len(labels), -1)).mean(dim=1)


class GanDiscriminator(nn.Module):
    """Base of the discriminators; one may consist of several sub-discriminators."""

    config: Any
    """Of both networks of the modality."""

    def classes_of(self, conditions: Tensor) -> Tensor:
        """Return the classes (B,) of conditions (B,), as of `Labels`."""
        variants: int = self.config.variants
        return conditions // max(1, variants)

    def layers_from_input(self) -> list[list[nn.Module]]:
        """Return the layers of each sub-discriminator, from its input on, without the head."""
        raise NotImplementedError

    def outputs(
        self,
        x: Tensor,
        labels: Tensor | None = None,
        noise: torch.Generator | None = None,
        told: Tensor | None = None,
    ) -> DiscriminatorOutput:
        """Score items.

        Args:
            x: (B, ...), items in [-1, 1].
            labels: (B,), their classes; None if the network has none.
            noise: For layers that are random in training; None switches them off.
            told: (B,), the values of the attribute that the network may be told; None tells it none.
        """
        raise NotImplementedError
