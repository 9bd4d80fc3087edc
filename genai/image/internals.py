"""What a DCGAN computed for a picture, as plain data: feature maps of both players, and the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from genai.image.sampling import ImageModel, ImageResult
from genai.latent.requests import sample_latents


@dataclass(frozen=True)
class GeneratorTrace:
    """One picture from noise to score.

    Args:
        z: (Z,), the noise.
        label: Number of the class, or None.
        drawn: Feature maps after each layer of the generator, (F, 4, 4) and so on; at last the picture (C, S, S).
        judged: Feature maps after each layer of the discriminator, (F, S, S) to (F, 4, 4); empty without one.
        score: The discriminator's logit, above 0 for "real"; None without one.
    """

    z: Tensor
    label: int | None
    drawn: list[Tensor]
    judged: list[Tensor]
    score: float | None


@torch.inference_mode()
def look_inside(model: ImageModel, results: Sequence[ImageResult], only: int | None = None) -> list[GeneratorTrace]:
    """Compute again what led to some pictures, and how they are judged; each as it would be alone, to rounding.

    Args:
        model: Which drew them.
        results: The pictures.
        only: Place of the one layer of the generator to keep, and not to go beyond, 0 the first; all without it.
    """
    z, chosen = sample_latents([result.request for result in results], model.latent_size, model.labels)
    labels = torch.tensor([label or 0 for label in chosen], device=model.device) if model.labels else None
    stages = model.network.stages(z.to(model.device), labels)
    drawn = list(islice(stages, only or 0, model.network.depth - 1 if only is None else only + 1))
    drawn.append(torch.stack([result.image for result in results]).to(model.device))
    judged: list[Tensor] = []
    scores: list[float | None] = [None] * len(chosen)
    if model.discriminator is not None:
        judged = model.discriminator.features(drawn[-1])
        scores = model.discriminator.score(judged[-1], labels).tolist()
    drawn, judged = ([maps.float().cpu() for maps in layers] for layers in (drawn, judged))
    return [
        GeneratorTrace(z[n], label, [maps[n] for maps in drawn], [maps[n] for maps in judged], scores[n])
        for n, label in enumerate(chosen)
    ]
