"""Random changes of sounds that a discriminator sees on real and generated ones alike.

A discriminator that sees a small data set only as it is learns it by heart. Changes of both kinds of sound do not
leak into what the generator makes, as changes of the real ones alone would (Zhao et al. 2020, DiffAugment, arXiv
2006.10738; Karras et al. 2020, arXiv 2006.06676). All of them are differentiable.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

SPEED = 0.06  # largest change of the speed, as a share
TILT_DB = 3.0  # standard deviation of the change from the lowest to the highest frequency
BUMP_DB = 3.0  # standard deviation of the change at the centre of a random band
BUMP_OCTAVES = 1.0  # standard deviation of the band, a Gaussian over octaves
LOWEST = 60.0  # Hz, the lowest centre of a band
GAIN_DB = 3.0  # standard deviation
SHIFT = 0.01  # seconds, the largest


def augment(sounds: Tensor, rate: int, strength: float, rng: torch.Generator) -> Tensor:
    """Change the speed, spectrum, place, gain and polarity of each sound at random.

    Args:
        sounds: (B, T), of any precision; bfloat16 would be too coarse for places in time.
        rate: Samples a second.
        strength: 0 to 1, by which the largest or typical changes are multiplied; 0 changes nothing.
        rng: On the device of the sounds.

    Returns:
        (B, T), float32.
    """
    if strength == 0:
        return sounds
    sounds = sounds.float()
    shape = (len(sounds), 1)
    uniform = torch.rand((3, *shape), generator=rng, device=sounds.device) * 2 - 1
    normal = torch.randn((3, *shape), generator=rng, device=sounds.device)
    inverted = torch.rand(shape, generator=rng, device=sounds.device) < strength / 2
    speed = 1 + strength * SPEED * uniform[0]
    start = strength * SHIFT * rate * uniform[1]
    tilt = strength * TILT_DB * normal[0]
    bump = strength * BUMP_DB * normal[1]
    centre = uniform[2] / 2 + 0.5  # 0 to 1, from the lowest centre to half the rate
    gain = 10 ** (strength * GAIN_DB * normal[2] / 20)
    sign = torch.where(inverted, -1.0, 1.0)
    return filter_spectrum(resample(sounds, speed, start), rate, tilt, bump, centre) * gain * sign


def resample(sounds: Tensor, speed: Tensor, start: Tensor) -> Tensor:
    """Play sounds faster or slower, and earlier or later, by linear interpolation; silence follows their end.

    Args:
        sounds: (B, T).
        speed: (B, 1), as a factor.
        start: (B, 1), the sample to begin with; below 0, silence comes first.
    """
    length = sounds.shape[1]
    positions = torch.arange(length, device=sounds.device) * speed + start
    before = positions.floor()
    weight = positions - before
    padded = F.pad(sounds, (2, 2))  # two silent samples before and after: each value lies between two
    index = (before.long() + 2).clamp(0, length + 2)
    return torch.lerp(padded.gather(1, index), padded.gather(1, index + 1), weight)


def filter_spectrum(sounds: Tensor, rate: int, tilt: Tensor, bump: Tensor, centre: Tensor) -> Tensor:
    """Change the spectra of sounds by a slope and by a band that is louder or quieter, without a change of phase.

    Args:
        sounds: (B, T).
        rate: Samples a second.
        tilt: (B, 1), decibels from the lowest to the highest frequency; the mean over octaves stays.
        bump: (B, 1), decibels at the centre of the band.
        centre: (B, 1), of the band: 0 to 1 on a logarithmic scale from 60 Hz to half the rate.
    """
    length = sounds.shape[1]
    frequencies = torch.fft.rfftfreq(2 * length, 1 / rate, device=sounds.device).clamp(min=LOWEST)
    octaves = (frequencies / LOWEST).log2()
    place = octaves / octaves[-1]
    band = (-((octaves - centre * octaves[-1]) ** 2) / (2 * BUMP_OCTAVES**2)).exp()
    decibels = tilt * (place - 0.5) + bump * band
    # Twice the length, so that a sound's end does not wrap around to its start.
    spectrum = torch.fft.rfft(sounds, 2 * length) * 10 ** (decibels / 20)
    longer: Tensor = torch.fft.irfft(spectrum, 2 * length)
    return longer[:, :length]
