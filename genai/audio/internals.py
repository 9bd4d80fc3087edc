"""What a WaveGAN computed for one sound, as plain data: the layers of all players, the score, and what moved it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from genai.audio.sampling import AudioModel, AudioRequest
from genai.latent import draw

SLICES = 32


@dataclass(frozen=True)
class Inside:
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
def look_inside(model: AudioModel, request: AudioRequest) -> Inside:
    """Make a sound and keep all that was computed on the way.

    Raises:
        ConfigError: if the model has no such label.
    """
    z, (label,) = draw([request], model.network.config.latent_size, model.labels)
    labels = torch.tensor([label or 0], device=model.device) if model.labels else None
    layers = model.network.features(z.to(model.device), labels)
    drawn = [maps[0].float().cpu() for maps in layers]
    if model.discriminator is None:
        return Inside(z[0], label, drawn, [], None)
    wave = layers[-1][:, 0]  # (1, T)
    features = model.discriminator.features(wave)
    judged = [[maps[0].float().cpu() for maps in judge] for judge in features]
    score = torch.stack(model.discriminator.score(features, labels)).mean().item()
    return Inside(z[0], label, drawn, judged, score)


@torch.inference_mode()
def moved(model: AudioModel, found: Inside) -> Tensor:
    """Return how much the score falls as each thirty-second part of a sound falls silent: (32,), or (0,)."""
    if model.discriminator is None:
        return torch.empty(0)
    silenced = found.drawn[-1].to(model.device).repeat(SLICES + 1, 1)  # the last row stays whole
    for n, part in enumerate(torch.arange(silenced.shape[1]).tensor_split(SLICES)):
        silenced[n, part] = 0
    everybody = torch.full((SLICES + 1,), found.label or 0, device=model.device) if model.labels else None
    scores = torch.stack(model.discriminator(silenced, everybody)).mean(dim=0).float().cpu()  # (33,)
    return scores[-1] - scores[:-1]
