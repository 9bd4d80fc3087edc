"""The sound of a score, as the browser's engine plays it."""

from itertools import groupby

import numpy as np
import soxr
from numpy.typing import NDArray

from genai.audio.instruments.kit import FULL_SCALE, make_kit
from genai.audio.instruments.score import Event, Score, Voice, place_voices, to_sample
from genai.audio.sampling import AudioModel

RATE = 44_100
"""Of a mix, in Hz."""
Wave = NDArray[np.float64]
Samples = NDArray[np.int16]


def mix(model: AudioModel, score: Score) -> Samples:
    """Mix the sounds of a score, as `mix_sounds` does; equal scores give equal samples.

    Args:
        model: Makes the sounds.
        score: What is played.

    Returns:
        int16 (T,) at 44.1 kHz, full scale is 32767.

    Raises:
        ConfigError: if the model has no such label.
    """
    return mix_sounds(make_kit(model, score.kit).sounds.numpy(), model.sample_rate, score)


def mix_sounds(sounds: Samples, sample_rate: int, score: Score) -> Samples:
    """Mix sounds as a score says.

    Each sound is resampled, begins at the sample nearest to its time, and is faded as `Voice` says. Where the sum
    would be louder than full scale, the whole is turned down by one factor, so that no sample is clipped and all
    sounds keep their balance.

    Args:
        sounds: Of the kit, int16 (N, T), full scale is 32767.
        sample_rate: Of these, in Hz.
        score: What is played.

    Returns:
        int16 (T,) at 44.1 kHz.
    """
    waves = sounds / FULL_SCALE
    total = np.zeros(to_sample(score.seconds, RATE))
    voices = sorted(place_voices(score, RATE), key=_sound_and_rate)
    for (sound, rate), group in groupby(voices, key=_sound_and_rate):
        wave = transpose(waves[sound], sample_rate, rate)
        for voice in group:
            _add(total, wave, voice)
    peak = max(1.0, float(np.abs(total).max(initial=0.0)))
    return np.round(total * (FULL_SCALE / peak)).astype(np.int16)


def _sound_and_rate(voice: Voice) -> tuple[int, float]:
    event: Event = voice.event
    return event.sound, event.rate


def transpose(wave: Wave, sample_rate: int, rate: float) -> Wave:
    """Resample a sound (T,) to 44.1 kHz, played `rate` times as fast; its first sample stays the first."""
    return soxr.resample(wave, sample_rate * rate, RATE)  # type: ignore[no-any-return]


def _add(total: Wave, wave: Wave, voice: Voice) -> None:
    """Add a sound to a mix (T,), from its start to the end of its fade."""
    count = min(len(wave), len(total) - voice.start)
    if voice.end is not None:
        count = min(count, int(np.ceil(voice.end - voice.start + voice.fade)))
    if count <= 0:
        return
    level = np.full(count, float(voice.event.gain))
    if voice.end is not None:
        into_fade = np.arange(count) - (voice.end - voice.start)
        level *= 1 - into_fade.clip(0) / voice.fade
    total[voice.start : voice.start + count] += level * wave[:count]
