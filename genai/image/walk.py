"""A walk through the latent space: pictures between the pictures of some seeds."""

from collections.abc import Iterator

import torch
from torch import Tensor

from genai.gan.sampling import synthesise
from genai.image.sampling import ImageModel
from genai.latent.walk import MAX_FRAMES, WalkRequest

BATCH = 32


def walk(model: ImageModel, request: WalkRequest, start: int = 0, stop: int = MAX_FRAMES) -> Iterator[Tensor]:
    """Draw the pictures of a walk, (C, S, S) in [-1, 1], lazily, so that a caller can stop early.

    Args:
        model: Its generator is used.
        request: The seeds and the number of pictures.
        start: Index of the first picture, from 0.
        stop: Index after the last picture.

    Raises:
        ConfigError: if the model has no such label.
    """
    latents, label = request.latents(model.latent_size, model.labels)
    for part in torch.split(latents[start:stop], BATCH):
        yield from synthesise(model, part, [label] * len(part))
