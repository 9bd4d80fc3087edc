"""A walk through the latent space: sounds between the sounds of some seeds."""

import torch
from torch import Tensor

from genai.audio.sampling import PEAK, AudioModel
from genai.errors import ConfigError
from genai.walk import WalkRequest

MAX_SOUNDS = 32


@torch.inference_mode()
def walk(model: AudioModel, request: WalkRequest) -> Tensor:
    """Make the sounds of a walk in one forward pass: (N, T) in [-1, 1].

    Raises:
        ConfigError: if there are more than 32, or the model has no such label.
    """
    if request.frames > MAX_SOUNDS:
        raise ConfigError(
            "{name} {value} cannot be used: it must be {kind} from {low} to {high}.",
            name="Frames",
            value=request.frames,
            kind="a whole number",
            low=2,
            high=MAX_SOUNDS,
        )
    latents, label = request.latents(model.network.config.latent_size, model.labels)
    labels = torch.full((len(latents),), label or 0, device=model.device) if model.labels else None
    sounds = model.network(latents.to(model.device), labels).float().cpu()
    quieter: Tensor = sounds * (PEAK / sounds.abs().amax(dim=1, keepdim=True).clamp(min=PEAK))
    return quieter
