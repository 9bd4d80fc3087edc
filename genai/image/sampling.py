"""From a label and a seed to a picture, many in one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from genai.gan.sampling import GanModel, GanResult, sample
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import Generator
from genai.latent.requests import LatentRequest


class ImageRequest(LatentRequest):
    """Which picture to make."""


@dataclass(frozen=True)
class ImageResult(GanResult):
    """One picture."""

    @property
    def image(self) -> Tensor:
        """The picture: float32 (C, H, W) in [-1, 1]."""
        return self.item


@dataclass(frozen=True)
class ImageModel(GanModel[Generator, ImageDiscriminator]):
    """A generator of pictures with its labels, ready for use."""

    modality = "image"
    suffix = ".png"


def generate(model: ImageModel, requests: Sequence[LatentRequest]) -> list[ImageResult]:
    """Make all requested pictures in one forward pass.

    Raises:
        ConfigError: if the model has no such label.
    """
    return sample(model, requests, ImageResult)
