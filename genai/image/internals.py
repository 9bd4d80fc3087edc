"""What a DCGAN computed for a picture, as plain data: feature maps of both players, and the score."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.image.sampling import ImageModel, ImageRequest
from genai.latent import draw


@dataclass(frozen=True)
class Inside:
    """One picture from noise to score.

    Args:
        z: (Z,), the noise.
        label: Number of the class, or None.
        drawn: Feature maps after each layer of the generator, (F, 4, 4) to the picture (C, S, S).
        judged: Feature maps after each layer of the discriminator, (F, S, S) to (F, 4, 4); empty without one.
        score: The discriminator's logit, above 0 for "real"; None without one.
    """

    z: Tensor
    label: int | None
    drawn: list[Tensor]
    judged: list[Tensor]
    score: float | None


@torch.inference_mode()
def look_inside(model: ImageModel, requests: Sequence[ImageRequest]) -> list[Inside]:
    """Draw pictures together and keep all that was computed on the way; each as it would be alone, to rounding.

    Raises:
        ConfigError: if the model has no such label.
    """
    z, chosen = draw(requests, model.network.config.latent_size, model.labels)
    labels = torch.tensor([label or 0 for label in chosen], device=model.device) if model.labels else None
    drawn = model.network.features(z.to(model.device), labels)
    judged: list[Tensor] = []
    scores: list[float | None] = [None] * len(chosen)
    if model.discriminator is not None:
        judged = model.discriminator.features(drawn[-1])
        scores = model.discriminator.score(judged[-1], labels).tolist()
    drawn, judged = ([maps.float().cpu() for maps in layers] for layers in (drawn, judged))
    return [
        Inside(z[n], label, [maps[n] for maps in drawn], [maps[n] for maps in judged], scores[n])
        for n, label in enumerate(chosen)
    ]
