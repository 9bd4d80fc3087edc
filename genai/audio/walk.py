"""A walk through the latent space: sounds between the sounds of some seeds."""

from torch import Tensor

from genai.audio.sampling import AudioModel
from genai.gan.sampling import synthesise
from genai.latent.walk import WalkRequest
from genai.validation import check_range

MAX_SOUNDS = 32


def walk(model: AudioModel, request: WalkRequest) -> Tensor:
    """Make the sounds of a walk in one forward pass: (N, T) in [-1, 1].

    Raises:
        ConfigError: if there are more than 32, or the model has no such label.
    """
    check_range("Frames", request.frames, 2, MAX_SOUNDS, whole=True)
    latents, label = request.latents(model.latent_size, model.labels)
    return synthesise(model, latents, [label] * len(latents))
