"""The discriminator of a WaveGAN: sub-discriminators of the waveform, of its periods and of its spectrograms.

Each gives a logit: positive for real, negative for generated. Source of the waveform discriminator and of phase
shuffle: Donahue et al. 2019, arXiv 1802.04208.
"""

import math
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genai.audio.model import KERNEL, LAYERS, LEAK, STRIDE, WaveGANConfig
from genai.gan.discriminator import DiscriminatorOutput, GanDiscriminator, Logits, log_likelihood


class Head(nn.Module):
    """Last feature maps -> logit, with projections of the label and of the performer; and a classifier of both.

    Source of the projection: Miyato & Koyama 2018, arXiv 1802.05637; of several labels, the projections are added.
    """

    def __init__(self, config: WaveGANConfig, size: int) -> None:
        super().__init__()
        self.performers = config.performers
        self.linear = nn.Linear(size, 1)
        self.projection = nn.Embedding(config.classes, size) if config.classes else None
        self.performer_projection = nn.Embedding(config.performers, size) if config.performers else None
        self.classifier = nn.Linear(size, config.classes) if config.classifier else None
        has_two = config.classifier and config.performers
        self.performer_classifier = nn.Linear(size, config.performers) if has_two else None

    def forward(self, last: Tensor, labels: Tensor | None = None) -> Tensor:
        """Turn maps (B, ...) of `size` numbers an item, and conditions, into logits (B,).

        Conditions are (B,), or (B, N) for the mean of the logits by N of them.
        """
        flat = last.flatten(1)
        logits: Tensor = self.linear(flat)[:, 0]
        if self.projection is None:
            return logits
        if labels is None:
            raise ValueError("this discriminator was built with classes and needs labels")
        if self.performer_projection is None:
            direction: Tensor = self.projection(labels)
        else:
            direction = self.projection(labels // self.performers) + self.performer_projection(
                labels % self.performers
            )
        if labels.ndim == 2:
            direction = direction.mean(dim=1)
        return logits + (direction * flat).sum(dim=1)

    def log_likelihood(self, last: Tensor, labels: Tensor) -> Tensor:
        """Return the log-likelihood (B,) of conditions, as of `forward`, given maps (B, ...)."""
        flat = last.flatten(1)
        assert self.classifier is not None
        if self.performer_classifier is None:
            return log_likelihood(self.classifier(flat), labels)
        of_class = log_likelihood(self.classifier(flat), labels // self.performers)
        return of_class + log_likelihood(self.performer_classifier(flat), labels % self.performers)


class SubDiscriminator(nn.Module):
    """One part of the discriminator: feature maps, and a head that turns the last of them into a logit."""

    layers: nn.ModuleList
    out: Head

    def forward(self, x: Tensor, labels: Tensor | None = None, noise: torch.Generator | None = None) -> Tensor:
        """Score waveforms x (B, T) with labels (B,): logits (B,)."""
        logits: Tensor = self.out(self.features(x, noise)[-1], labels)
        return logits

    def features(self, x: Tensor, noise: torch.Generator | None = None) -> list[Tensor]:
        """Return the feature maps of x (B, T) after each layer."""
        raise NotImplementedError


class WaveformDiscriminator(SubDiscriminator):
    """Waveform -> logit by strided convolutions with phase shuffle between them."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        self.shift = config.phase_shuffle
        widths = [1] + [config.waveform_filters << n for n in range(LAYERS)]
        self.layers = nn.ModuleList(nn.Conv1d(*sizes, KERNEL, STRIDE, padding=11) for sizes in pairwise(widths))
        self.out = Head(config, widths[-1] * (config.samples // STRIDE**LAYERS))

    def features(self, x: Tensor, noise: torch.Generator | None = None) -> list[Tensor]:
        """Return the signal (B, F, L) after each layer, for x (B, T); noise switches phase shuffle on."""
        x = x[:, None]
        signals = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), LEAK)
            if layer is not self.layers[-1]:  # after the first four layers, as in the paper
                x = shuffle_phase(x, self.shift, noise)
            signals.append(x)
        return signals


class PeriodDiscriminator(SubDiscriminator):
    """Waveform -> rows of samples that are one period apart -> logit by strided convolutions along each row.

    A spectrogram averages over a window, so that a voice whose periods differ from each other looks almost like one
    that repeats. Samples a fixed distance apart show what repeats. Source: Kong et al. 2020 (HiFi-GAN, arXiv
    2010.05646), section 2.3, with fewer maps.
    """

    STRIDE = 3
    KERNEL = 5

    def __init__(self, config: WaveGANConfig, period: int) -> None:
        super().__init__()
        self.period = period
        widths = [1] + [config.period_filters << n for n in range(4)]
        self.layers = nn.ModuleList(
            nn.Conv2d(*sizes, (1, self.KERNEL), (1, self.STRIDE), padding=(0, self.KERNEL // 2))
            for sizes in pairwise(widths)
        )
        self.layers.append(nn.Conv2d(widths[-1], widths[-1] // 4, (1, 3), padding=(0, 1)))
        length = config.samples // period
        for _ in pairwise(widths):
            length = math.ceil(length / self.STRIDE)
        self.out = Head(config, widths[-1] // 4 * period * length)

    def features(self, x: Tensor, noise: torch.Generator | None = None) -> list[Tensor]:
        """Return the maps (B, F, period, L) after each layer, for x (B, T), whose last samples may be over."""
        length = x.shape[1] // self.period
        rows = x[:, : length * self.period].reshape(len(x), 1, length, self.period).transpose(2, 3)
        x = rows.contiguous(memory_format=torch.channels_last)  # on a CPU a third faster
        maps = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), LEAK)
            maps.append(x)
        return maps


class SpectrogramDiscriminator(SubDiscriminator):
    """Waveform -> spectrogram -> logit by strided 2-D convolutions.

    The log-power has no phase, and a sound with wrong phases is hoarse. Real and imaginary part as two channels:
    Defossez et al. 2022 (EnCodec, arXiv 2210.13438). Here they are compressed, since the quiet end of a sound would
    be invisible otherwise.
    """

    # Added to the power: without it, digital silence, which no generator reaches, would mark real sound.
    FLOOR = 1e-5
    COMPRESSION = 0.3  # power to which the complex spectrogram's magnitude is raised

    def __init__(self, config: WaveGANConfig, window: int) -> None:
        super().__init__()
        self.size = window
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(window), persistent=False)
        self.phase = config.spectrogram == "complex"
        widths = [3 if self.phase else 1] + [config.spectrogram_filters << n for n in range(4)]
        self.layers = nn.ModuleList(nn.Conv2d(*sizes, 4, 2, padding=1) for sizes in pairwise(widths))
        self.layers.append(nn.Conv2d(widths[-1], widths[-1] // 4, 3, padding=1))
        frames = config.samples // (window // 2) + 1
        frequencies = window // 2 + 1
        # Time and frequency have a meaning each, unlike a picture's axes: the head has weights for each position.
        self.out = Head(config, widths[-1] // 4 * (frequencies // 16) * (frames // 16))

    def spectrogram(self, x: Tensor) -> Tensor:
        """Return the log-power of x (B, T) and, if the config says so, the compressed real and imaginary part.

        Returns:
            (B, 1 or 3, window / 2 + 1, frames), each channel scaled to about [-1, 1].
        """
        scale = self.size / 4  # magnitude of a full-scale sine
        spectrum = torch.stft(x.float(), self.size, self.size // 2, window=self.window, return_complex=True) / scale
        power = spectrum.real.square() + spectrum.imag.square() + self.FLOOR
        log_power = power.log10() / 2.5 + 1
        if not self.phase:
            return log_power[:, None]
        gain = power ** ((self.COMPRESSION - 1) / 2)
        return torch.stack([log_power, spectrum.real * gain, spectrum.imag * gain], dim=1)

    def features(self, x: Tensor, noise: torch.Generator | None = None) -> list[Tensor]:
        """Return the spectrogram and the maps (B, F, frequencies, frames) after each layer, for x (B, T)."""
        x = self.spectrogram(x)
        # A CPU convolves along rows: with more frequencies than frames, the transposed maps take half the time.
        transposed = x.device.type == "cpu" and x.shape[2] > x.shape[3]
        maps = [_transpose_if(x, transposed).contiguous(memory_format=torch.channels_last)]
        for layer in self.layers:
            conv = cast(nn.Conv2d, layer)
            weight = _transpose_if(conv.weight, transposed).contiguous(memory_format=torch.channels_last)
            x = F.conv2d(maps[-1], weight, conv.bias, conv.stride, padding=1)
            maps.append(F.leaky_relu(x, LEAK))
        return [_transpose_if(layer_maps, transposed) for layer_maps in maps]


class AudioDiscriminator(GanDiscriminator):
    """All sub-discriminators of a sound."""

    def __init__(self, config: WaveGANConfig) -> None:
        super().__init__()
        self.config = config
        # The attribute's name is part of the names of the weights in checkpoints.
        self.judges = nn.ModuleList(SpectrogramDiscriminator(config, window) for window in config.windows)
        if config.waveform_filters:
            self.judges.append(WaveformDiscriminator(config))
        self.judges.extend(PeriodDiscriminator(config, period) for period in config.periods)

    def forward(self, x: Tensor, labels: Tensor | None = None, noise: torch.Generator | None = None) -> Logits:
        """Score waveforms x (B, T) with labels (B,): (B,) logits of each part; noise: phase shuffle."""
        return self.outputs(x, labels, noise).logits

    def outputs(
        self,
        x: Tensor,
        labels: Tensor | None = None,
        noise: torch.Generator | None = None,
        told: Tensor | None = None,
    ) -> DiscriminatorOutput:
        """Score waveforms x (B, T) with labels (B,); noise: phase shuffle. Sounds have no attribute to be told."""
        parts = [cast(SubDiscriminator, part) for part in self.judges]
        maps = [part.features(x, noise) for part in parts]
        logits = [part.out(layers[-1], labels) for part, layers in zip(parts, maps, strict=True)]
        if labels is None or not self.config.classifier:
            return DiscriminatorOutput(logits, maps)
        likelihoods = [
            part.out.log_likelihood(layers[-1], labels) for part, layers in zip(parts, maps, strict=True)
        ]
        return DiscriminatorOutput(logits, maps, likelihoods)

    def layers_from_input(self) -> list[list[nn.Module]]:
        """Return the layers of each sub-discriminator, from its input on."""
        return [list(cast(SubDiscriminator, part).layers) for part in self.judges]


def shuffle_phase(x: Tensor, largest: int, noise: torch.Generator | None) -> Tensor:
    """Shift each signal of x (B, F, L) by up to `largest` steps, reflected at its ends; without noise, not at all.

    Strided layers leave artefacts at a fixed phase; the shifts keep the discriminator from recognising generated
    sound by them. Source: Donahue et al. 2019, arXiv 1802.04208, section 3.3.
    """
    if noise is None or largest == 0:
        return x
    length = x.shape[2]
    shifts = torch.randint(-largest, largest + 1, (len(x), 1, 1), generator=noise, device=noise.device).to(x.device)
    positions = (torch.arange(length, device=x.device) + shifts).abs()  # (B, 1, L)
    positions = length - 1 - (length - 1 - positions).abs()
    return x.gather(2, positions.expand_as(x))


def _transpose_if(maps: Tensor, transposed: bool) -> Tensor:
    return maps.transpose(2, 3) if transposed else maps
