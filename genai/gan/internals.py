"""What a GAN computes for an item: the feature maps of both networks, and the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from genai.gan.sampling import GanModel, GanResult
from genai.latent.requests import sample_latents


@dataclass(frozen=True)
class GeneratorTrace:
    """One item from noise to score.

    Args:
        z: (Z,), the noise.
        label: Number of the class, or None.
        generator_maps: Feature maps after each layer of the generator but the last, (F, H, W) or (F, L).
        item: The last layer's output: a picture (C, S, S), or a waveform (T,).
        discriminator_maps: Feature maps after each layer of each sub-discriminator; empty without a discriminator.
        score: The discriminator's logit, of several sub-discriminators the mean, above 0 for "real"; None without
            a discriminator.
    """

    z: Tensor
    label: int | None
    generator_maps: list[Tensor]
    item: Tensor
    discriminator_maps: list[list[Tensor]]
    score: float | None


@torch.inference_mode()
def look_inside(
    model: GanModel[Any, Any], results: Sequence[GanResult], only: int | None = None
) -> list[GeneratorTrace]:
    """Recompute the feature maps and scores of some items; they are the same in any batch, to rounding.

    Args:
        model: The model that made them.
        results: The items.
        only: Index of the generator's layer whose maps are kept; later layers are not computed. None keeps all.
    """
    z, classes = sample_latents([result.request for result in results], model.latent_size, model.labels)
    labels = torch.tensor([label or 0 for label in classes], device=model.device) if model.labels else None
    stages = model.network.stages(z.to(model.device), labels)
    first = 0 if only is None else only
    end = model.network.depth - 1 if only is None else only + 1
    generator_maps = [_on_cpu(maps) for maps in islice(stages, first, end)]
    items = torch.stack([result.item for result in results])
    discriminator_maps: list[list[Tensor]] = []
    scores: list[float | None] = [None] * len(results)
    if model.discriminator is not None:
        output = model.discriminator.outputs(items.to(model.device), labels)
        discriminator_maps = [[_on_cpu(maps) for maps in layers] for layers in output.maps]
        scores = output.mean_logits.tolist()
    return [
        GeneratorTrace(
            z=z[row],
            label=classes[row],
            generator_maps=[maps[row] for maps in generator_maps],
            item=items[row].float().cpu(),
            discriminator_maps=[[maps[row] for maps in layers] for layers in discriminator_maps],
            score=scores[row],
        )
        for row in range(len(results))
    ]


def _on_cpu(maps: Tensor) -> Tensor:
    return maps.float().cpu()
