"""The generators of a WaveGAN, which make sound from noise, and the shape of all its networks.

Source of the shapes: Donahue et al. 2019, arXiv 1802.04208. The second generator ends in an inverse short-time
Fourier transform, as Vocos does (Siuzdak 2023, arXiv 2306.00814).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LEAK = 0.2  # slope of the leaky ReLU, from the paper
STRIDE = 4  # of every one-dimensional layer, from the paper
KERNEL = 25
LAYERS = 5
MAX_MAGNITUDE = 2.32  # of the inverse transform, as a multiple of what a full-scale sine gives, which is fft / 4


@dataclass(frozen=True)
class WaveGANConfig:
    """Shape of all networks."""

    samples: int = 8192
    """Length of a sound: 8192 or 16384."""
    classes: int = 0
    """Number of labels; 0 for none."""
    performers: int = 0
    """Number of performers, such as speakers, which each class has; 0 for none."""
    latent_size: int = 100
    embedding_size: int = 32
    """Size of the embedding of a label and of a performer, which are appended to z."""
    head: Literal["waveform", "spectrum"] = "spectrum"
    """waveform: the paper's transposed convolutions and tanh; spectrum: log-magnitude and phase."""
    fft: int = 256
    """Frame of the spectrum head's inverse transform, in samples."""
    overlap: Literal[2, 4] = 2
    """Frames that cover each sample: the hop from one to the next is that part of a frame."""
    phase: Literal["absolute", "increment"] = "absolute"
    """Output of the spectrum head: the phase, or its change from frame to frame, constant for a steady tone."""
    fade_in: int = 0
    """Samples over which every sound begins, so that it does not begin with a click."""
    fade_out: int = 0
    """Samples over which every sound ends."""
    generator_filters: int = 32
    """Feature maps before the last layer; each earlier layer has twice as many."""
    waveform_filters: int = 0
    """Width of the waveform discriminator; 0 leaves it out. The paper has 64."""
    phase_shuffle: int = 2
    """Largest shift, in steps, of the signals between the waveform discriminator's layers."""
    periods: tuple[int, ...] = ()
    """Periods, in samples, one period discriminator each; () leaves them out. HiFi-GAN has 2, 3, 5, 7 and 11."""
    period_filters: int = 8
    """Width of each period discriminator."""
    spectrogram_filters: int = 32
    """Width of each spectrogram discriminator."""
    windows: tuple[int, ...] = (1024, 256, 64)
    """Window lengths, in samples, one spectrogram discriminator each; the hop is half of it. () leaves them out."""
    classifier: bool = False
    """Whether each sub-discriminator also names the class and the performer."""
    spectrogram: Literal["power", "complex"] = "power"
    """Input of the spectrogram discriminators: log-power, or also real and imaginary part, which hold the phase."""

    @property
    def variants(self) -> int:
        """Number of variants as `Labels` counts them: those of a sound are its performers."""
        return self.performers


class LabelledLatent(nn.Module):
    """z, and beside it the embeddings of the label and of the performer."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        self.performers = config.performers
        embeddings = bool(config.classes) + bool(config.performers)
        self.size = config.latent_size + embeddings * config.embedding_size
        self.embedding = nn.Embedding(config.classes, config.embedding_size) if config.classes else None
        self.performer_embedding = (
            nn.Embedding(config.performers, config.embedding_size) if config.performers else None
        )

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Join z (B, Z) and the embeddings of conditions (B,), as of `Labels`, to (B, Z + E) or (B, Z + 2 E)."""
        if self.embedding is None:
            return z
        if labels is None:
            raise ValueError("this generator was built with classes and needs labels")
        if self.performer_embedding is None:
            return torch.cat([z, self.embedding(labels)], dim=1)
        of_class = self.embedding(labels // self.performers)
        return torch.cat([z, of_class, self.performer_embedding(labels % self.performers)], dim=1)


class Fade(nn.Module):
    """The beginning and the end of sounds: half a raised cosine each."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        gain = torch.ones(config.samples)
        gain[: config.fade_in] *= _rise(config.fade_in)
        gain[config.samples - config.fade_out :] *= _rise(config.fade_out).flip(0)
        self.gain: Tensor
        self.register_buffer("gain", gain, persistent=False)

    def forward(self, sounds: Tensor) -> Tensor:
        """Fade sounds (B, T) in and out."""
        return sounds * self.gain


def _rise(samples: int) -> Tensor:
    """Return factors (samples,) from 0 up to almost 1."""
    return torch.sin(torch.pi / 2 * torch.arange(samples) / max(1, samples)).square()


class WaveformGenerator(nn.Module):
    """z -> waveform by five transposed convolutions, each of which makes the signal four times as long."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        self.config = config
        self.latent = LabelledLatent(config)
        widths = [config.generator_filters << n for n in reversed(range(LAYERS))]  # 16d, 8d, 4d, 2d, d
        self.start = config.samples // STRIDE**LAYERS  # 8 or 16
        self.depth = 1 + LAYERS  # feature maps
        self.dense = nn.Linear(self.latent.size, self.start * widths[0])
        self.layers = nn.ModuleList(
            nn.ConvTranspose1d(*sizes, KERNEL, STRIDE, padding=11, output_padding=1)
            for sizes in pairwise([*widths, 1])
        )
        self.fade = Fade(config)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make waveforms (B, T) in [-1, 1] from z (B, Z), standard normal, and conditions (B,)."""
        return self.features(z, labels)[-1][:, 0]

    def features(self, z: Tensor, labels: Tensor | None = None) -> list[Tensor]:
        """Return the signal after each layer, (B, 16d, 8 or 16) to (B, 1, T); `depth` of them."""
        return list(self.stages(z, labels))

    def stages(self, z: Tensor, labels: Tensor | None = None) -> Iterator[Tensor]:
        """Yield the same maps lazily, so that a caller can stop early."""
        x = self.dense(self.latent(z, labels))
        x = F.relu(x.unflatten(1, (-1, self.start)))
        yield x
        *hidden, last = self.layers
        for layer in hidden:
            x = F.relu(layer(x))
            yield x
        yield self.fade(torch.tanh(last(x)))


class SpectrumGenerator(nn.Module):
    """z -> a picture of log-magnitude and phase by transposed convolutions -> waveform by inverse STFT."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        self.config = config
        self.latent = LabelledLatent(config)
        widths = [config.generator_filters << n for n in reversed(range(LAYERS))]
        self.hop = config.fft // config.overlap
        # Each layer doubles both: 4 frequencies and 2 frames at the start become 128 and 64.
        self.frequencies = config.fft // 2 // 2**LAYERS
        self.frames = config.samples // self.hop // 2**LAYERS
        self.dense = nn.Linear(self.latent.size, self.frequencies * self.frames * widths[0], bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        self.depth = 1 + LAYERS + 1  # feature maps, the waveform among them
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.ConvTranspose2d(*sizes, 4, 2, padding=1, bias=False), nn.BatchNorm2d(sizes[1]), nn.ReLU()
            )
            for sizes in pairwise(widths)
        )
        self.layers.append(nn.ConvTranspose2d(widths[-1], 2, 4, 2, padding=1))
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)
        self.fade = Fade(config)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Make waveforms (B, T), for the most part in [-1, 1], from z (B, Z) and conditions (B,)."""
        return self.features(z, labels)[-1][:, 0]

    def features(self, z: Tensor, labels: Tensor | None = None) -> list[Tensor]:
        """Return the maps (B, F, frequencies, frames) after each layer, at last the waveform (B, 1, T)."""
        return list(self.stages(z, labels))

    def stages(self, z: Tensor, labels: Tensor | None = None) -> Iterator[Tensor]:
        """Yield the same maps lazily, so that a caller can stop early."""
        x = self.dense(self.latent(z, labels)).unflatten(1, (-1, self.frequencies, self.frames))
        x = F.relu(self.norm(x))  # (B, 16d, frequencies, frames)
        yield x
        for layer in self.layers:
            x = layer(x)
            yield x
        yield self.fade(self.to_waveform(x))[:, None]

    def to_waveform(self, spectrum: Tensor) -> Tensor:
        """Turn log-magnitude and phase (B, 2, fft / 2, frames) into waveforms (B, T), in float32.

        Source of the phase increments, there called instantaneous frequency: Engel et al. 2019, arXiv 1902.08710.
        """
        fft = self.config.fft
        log_magnitude, phase = spectrum.float().unbind(dim=1)
        if self.config.phase == "increment":
            # From one frame to the next, a tone in the middle of frequency k advances by 2 pi k / overlap.
            steady = 2 * torch.pi / self.config.overlap * torch.arange(fft // 2, device=phase.device)[:, None]
            phase = (phase + steady).cumsum(dim=2)
        magnitude = log_magnitude.clamp(max=math.log(MAX_MAGNITUDE * fft / 4)).exp()
        # Not torch.polar, which takes twice as long.
        spectrum = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
        # No Nyquist frequency and one frame more, both silent: fft / 2 + 1 frequencies, T / hop + 1 frames.
        frames = torch.fft.irfft(F.pad(spectrum, (0, 1, 0, 1)), fft, dim=1)  # (B, fft, frames)
        window = self.window[:, None]
        return self.overlap(frames * window) / self.overlap(window.square().expand_as(frames[:1]))

    def overlap(self, frames: Tensor) -> Tensor:
        """Add frames (B, fft, N) at distances of the hop and cut off half a frame on either side: (B, T).

        With a hop of half a frame, the second half of each meets the first half of the next. Unlike torch.istft it
        never checks values on the way, for which the CPU would have to wait for the GPU.
        """
        overlap = self.config.overlap
        beyond = overlap // 2 - 1  # silent frames beyond either end, which reach into the sound
        padded = F.pad(frames, (beyond, beyond)) if beyond else frames
        hops = frames.shape[2] - 1
        parts = []
        for part in range(overlap):  # of each frame, which meet other parts of the frames before and after
            first = overlap - 1 - part
            parts.append(padded[:, part * self.hop : (part + 1) * self.hop, first : first + hops])
        return sum(parts[1:], parts[0]).transpose(1, 2).flatten(1)


Generator = WaveformGenerator | SpectrumGenerator


def make_generator(config: WaveGANConfig) -> Generator:
    """Build the generator whose head the config names."""
    return WaveformGenerator(config) if config.head == "waveform" else SpectrumGenerator(config)


def initialise(network: nn.Module, rng: torch.Generator) -> None:
    """Set all weights as He et al. 2015, which keeps the scale from layer to layer; biases zero.

    Two exceptions: a generator's last layer starts small, since large outputs saturate tanh, whose gradient then
    vanishes; and the projection of a label and the classifiers start at zero.
    """
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Embedding):
                module.weight.normal_(generator=rng)
            elif isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.ConvTranspose2d):
                module.weight.normal_(0, (2 / (1 + LEAK**2) / fan_in(module)) ** 0.5, generator=rng)
                if module.bias is not None:
                    module.bias.zero_()
        if isinstance(network, WaveformGenerator | SpectrumGenerator):
            network.layers[-1].weight.mul_(0.1)  # type: ignore[operator]
        for name, parameter in network.named_parameters():
            if "projection" in name or "classifier" in name:
                parameter.zero_()


def fan_in(layer: nn.Module) -> float:
    """Return the number of inputs that one output of a layer depends on."""
    weight = layer.get_parameter("weight")
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d):
        return weight.shape[0] * weight[0, 0].numel() / torch.tensor(layer.stride).prod().item()
    return weight[0].numel()
