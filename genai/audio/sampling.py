"""From a label and a seed to a sound, many in one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from torch import Tensor, nn

from genai.audio.discriminator import AudioDiscriminator
from genai.audio.model import Generator
from genai.gan.sampling import GanModel, GanResult, sample
from genai.latent.requests import LatentRequest

PEAK = 0.98  # a louder sound is turned down to this, so that no file clips


class AudioRequest(LatentRequest):
    """Which sound to make."""


@dataclass(frozen=True)
class AudioResult(GanResult):
    """One sound."""

    sample_rate: int
    """In Hz."""

    @property
    def waveform(self) -> Tensor:
        """The sound: float32 (T,) in [-1, 1]."""
        return self.item


class PeakLimiter(nn.Module):
    """A generator whose sounds are scaled down to the peak where they are louder."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make waveforms (B, T) from z (B, Z) and labels (B,)."""
        waveforms: Tensor = self.network(z, labels)
        peaks = waveforms.abs().amax(dim=1, keepdim=True)
        return waveforms * (PEAK / peaks.clamp(min=PEAK))


@dataclass(frozen=True)
class AudioModel(GanModel[Generator, AudioDiscriminator]):
    """A generator of sounds with its labels, ready for use."""

    modality = "audio"
    suffix = ".wav"

    @cached_property
    def sampler(self) -> PeakLimiter:
        """The generator and the limiter after it."""
        return PeakLimiter(self.network)


def generate(model: AudioModel, requests: Sequence[LatentRequest]) -> list[AudioResult]:
    """Make all requested sounds in one forward pass.

    Raises:
        ConfigError: if the model has no such label.
    """
    return sample(model, requests, partial(AudioResult, sample_rate=model.sample_rate))
