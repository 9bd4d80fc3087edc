"""From a label and a seed to a picture, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.checkpoint.header import Header
from genai.image.discriminator import Discriminator
from genai.image.model import Generator
from genai.inference.forward import Forward, precision_of
from genai.inference.out_of_memory import run_with_memory_fallback
from genai.inference.padding import pad_batch
from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents


class ImageRequest(LatentRequest):
    """Which picture to make."""


@dataclass(frozen=True)
class ImageResult:
    """One picture: float32 (C, H, W) in [-1, 1], and the label it was made for."""

    request: ImageRequest
    image: Tensor
    label: int | None

    @property
    def seed(self) -> int:
        """Seed of the request."""
        return self.request.seed


@dataclass(frozen=True)
class ImageModel:
    """A generator with its labels, ready to use; nothing in it changes by being used."""

    name: str
    network: Generator
    labels: Labels
    discriminator: Discriminator | None = None
    header: Header | None = None
    weights: str = ""
    """SHA-256 of the generator's weights."""
    forward: Forward | None = None
    """The network's forward pass in a faster form; None asks the network itself."""

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return next(self.network.parameters()).device

    @property
    def precision(self) -> str:
        """In which numbers pictures are made, as a label names it."""
        return precision_of(self.device)

    @property
    def latent_size(self) -> int:
        """Numbers in a z."""
        return self.network.config.latent_size


@torch.inference_mode()
def synthesise(model: ImageModel, z: Tensor, labels: Sequence[int | None]) -> Tensor:
    """Make pictures (B, C, H, W) in [-1, 1] from z (B, Z) and a label each, together."""
    return run_with_memory_fallback(model.network, *pad_batch(z, labels, model.labels), model.forward)[: len(z)]


def generate(model: ImageModel, requests: Sequence[ImageRequest]) -> list[ImageResult]:
    """Make all requested pictures in one forward pass.

    Raises:
        ConfigError: if the model has no such label.
    """
    if not requests:
        return []
    z, chosen = sample_latents(requests, model.latent_size, model.labels)
    images = synthesise(model, z, chosen)
    return [
        ImageResult(request, image, label) for request, image, label in zip(requests, images, chosen, strict=True)
    ]
