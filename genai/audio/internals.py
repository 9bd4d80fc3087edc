"""What a WaveGAN computed for a sound, as plain data: the layers of all players, the score, and what moved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from genai.audio.sampling import AudioModel, AudioResult
from genai.latent.requests import sample_latents

SLICES = 32


@dataclass(frozen=True)
class GeneratorTrace:
    """One sound from noise to score.

    Args:
        z: (Z,), the noise.
        label: Number of the class, or None.
        drawn: What each layer of the generator gave: signals (F, L) or maps (F, H, W), at last the waveform (1, T).
        judged: The same of each judge of the discriminator; empty without one.
        score: Mean of the judges' logits, above 0 for "real"; None without a discriminator.
    """

    z: Tensor
    label: int | None
    drawn: list[Tensor]
    judged: list[list[Tensor]]
    score: float | None


@torch.inference_mode()
def look_inside(model: AudioModel, results: Sequence[AudioResult], only: int | None = None) -> list[GeneratorTrace]:
    """Compute again what led to some sounds, and how they are judged; each as it would be alone, to rounding.

    Args:
        model: Which made them.
        results: The sounds.
        only: Place of the one layer of the generator to keep, and not to go beyond, 0 the first; all without it.
    """
    z, chosen = sample_latents([result.request for result in results], model.latent_size, model.labels)
    labels = torch.tensor([label or 0 for label in chosen], device=model.device) if model.labels else None
    stages = model.network.stages(z.to(model.device), labels)
    drawn = list(islice(stages, only or 0, model.network.depth - 1 if only is None else only + 1))
    drawn.append(torch.stack([result.waveform for result in results])[:, None].to(model.device))
    judged: list[list[Tensor]] = []
    scores: list[float | None] = [None] * len(chosen)
    if model.discriminator is not None:
        judged = model.discriminator.features(drawn[-1][:, 0])
        scores = torch.stack(model.discriminator.score(judged, labels)).mean(dim=0).tolist()
    drawn, *judged = ([maps.float().cpu() for maps in layers] for layers in (drawn, *judged))
    return [
        GeneratorTrace(
            z[n], label, [maps[n] for maps in drawn], [[maps[n] for maps in j] for j in judged], scores[n]
        )
        for n, label in enumerate(chosen)
    ]


@torch.inference_mode()
def moved(model: AudioModel, found: GeneratorTrace) -> Tensor:
    """Return how much the score falls as each thirty-second part of a sound falls silent: (32,), or (0,)."""
    if model.discriminator is None:
        return torch.empty(0)
    silenced = found.drawn[-1].to(model.device).repeat(SLICES + 1, 1)  # the last row stays whole
    for n, part in enumerate(torch.arange(silenced.shape[1]).tensor_split(SLICES)):
        silenced[n, part] = 0
    everybody = torch.full((SLICES + 1,), found.label or 0, device=model.device) if model.labels else None
    scores = torch.stack(model.discriminator(silenced, everybody)).mean(dim=0).float().cpu()  # (33,)
    return scores[-1] - scores[:-1]
