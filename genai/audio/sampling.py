"""From a label and a seed to a sound, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from genai.audio.discriminator import Discriminator
from genai.audio.model import SpectrumGenerator, WaveformGenerator
from genai.checkpoint.header import Header
from genai.inference.forward import Forward, precision_of
from genai.inference.out_of_memory import run_with_memory_fallback
from genai.inference.padding import pad_batch
from genai.labels import Labels
from genai.latent.requests import LatentRequest, sample_latents

PEAK = 0.98  # a louder sound is turned down to this, so that no file clips


class AudioRequest(LatentRequest):
    """Which sound to make."""


@dataclass(frozen=True)
class AudioResult:
    """One sound: waveform float32 (T,) in [-1, 1] at the sample rate in Hz, and the label it was made for."""

    request: AudioRequest
    waveform: Tensor
    sample_rate: int
    label: int | None

    @property
    def seed(self) -> int:
        """Seed of the request."""
        return self.request.seed


class PeakLimiter(nn.Module):
    """A generator none of whose sounds is louder than the peak."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make waveforms (B, T) from z (B, Z) and labels (B,)."""
        waveforms: Tensor = self.network(z, labels)
        peaks = waveforms.abs().amax(dim=1, keepdim=True)
        return waveforms * (PEAK / peaks.clamp(min=PEAK))


@dataclass(frozen=True)
class AudioModel:
    """A generator with its labels, ready to use; nothing in it changes by being used."""

    name: str
    network: WaveformGenerator | SpectrumGenerator
    labels: Labels
    sample_rate: int
    discriminator: Discriminator | None = None
    header: Header | None = None
    weights: str = ""
    """SHA-256 of the generator's weights."""
    forward: Forward | None = None
    """The limited network's forward pass in a faster form; None asks that itself."""
    limited: PeakLimiter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limited", PeakLimiter(self.network))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return self.network.dense.weight.device

    @property
    def precision(self) -> str:
        """In which numbers sounds are made, as a label names it."""
        return precision_of(self.device)

    @property
    def latent_size(self) -> int:
        """Numbers in a z."""
        return self.network.config.latent_size


@torch.inference_mode()
def synthesise(model: AudioModel, z: Tensor, labels: Sequence[int | None]) -> Tensor:
    """Make sounds (B, T) in [-1, 1], none louder than the peak, from z (B, Z) and a label each, together."""
    return run_with_memory_fallback(model.limited, *pad_batch(z, labels, model.labels), model.forward)[: len(z)]


def generate(model: AudioModel, requests: Sequence[AudioRequest]) -> list[AudioResult]:
    """Make all requested sounds in one forward pass.

    Raises:
        ConfigError: if the model has no such label.
    """
    if not requests:
        return []
    z, chosen = sample_latents(requests, model.latent_size, model.labels)
    waveforms = synthesise(model, z, chosen)
    return [
        AudioResult(request, waveform, model.sample_rate, label)
        for request, waveform, label in zip(requests, waveforms, chosen, strict=True)
    ]
