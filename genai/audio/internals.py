"""Which parts of a sound its score depends on."""

import torch
from torch import Tensor

from genai.audio.sampling import AudioModel
from genai.gan.internals import GeneratorTrace

SLICES = 32


@torch.inference_mode()
def score_drops(model: AudioModel, trace: GeneratorTrace) -> Tensor:
    """Return how much the score falls when each of 32 equal parts of a sound is silenced: (32,).

    Without a discriminator there is no score: (0,).
    """
    if model.discriminator is None:
        return torch.empty(0)
    sounds = trace.item.to(model.device).repeat(SLICES + 1, 1)  # the last row is not silenced
    for row, part in enumerate(torch.arange(sounds.shape[1]).tensor_split(SLICES)):
        sounds[row, part] = 0
    labels = torch.full((len(sounds),), trace.label or 0, device=model.device) if model.labels else None
    scores = model.discriminator.outputs(sounds, labels).mean_logits.float().cpu()  # (33,)
    return scores[-1] - scores[:-1]
