"""What a DCGAN computed for one picture, as plain data: feature maps of both players, and the score."""

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
def look_inside(model: ImageModel, request: ImageRequest) -> Inside:
    """Draw a picture and keep all that was computed on the way.

    Raises:
        ConfigError: if the model has no such label.
    """
    z, (label,) = draw([request], model.network.config.latent_size, model.labels)
    labels = torch.tensor([label or 0], device=model.device) if model.labels else None
    drawn = model.network.features(z.to(model.device), labels)
    judged, score = [], None
    if model.discriminator is not None:
        judged = model.discriminator.features(drawn[-1])
        score = model.discriminator.score(judged[-1], labels).item()
    return Inside(z[0], label, _first(drawn), _first(judged), score)


def _first(layers: list[Tensor]) -> list[Tensor]:
    return [maps[0].float().cpu() for maps in layers]
