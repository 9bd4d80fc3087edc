"""What the latent space of the Audio tab is shown with: spectrograms, and the sound itself."""

from typing import Any

from PIL import Image
from torch import Tensor

from genai.audio.judging import to_pictures
from genai.audio.sampling import AudioModel, synthesise
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.latent import Medium

FRAMES = 64  # of a small spectrogram


def measured(model: AudioModel, sounds: Tensor) -> Tensor:
    """Return log-power spectrograms (B, D) of sounds (B, T): waveforms that sound alike may differ everywhere."""
    return to_pictures(sounds).flatten(1)


def thumbnail(model: AudioModel, sound: Tensor) -> Image.Image:
    """A small spectrogram."""
    return drawing.spectrogram_picture(sound.numpy(), model.sample_rate, FRAMES)


def shown(model: AudioModel, sound: Tensor, settings: dict[str, Any], hear: bool) -> dict[str, str]:
    """The spectrogram and, if wanted, a WAV for the browser."""
    wave, rate = sound.numpy(), model.sample_rate
    told = {"picture": drawing.spectrogram(wave, rate)}
    if hear:
        told["sound"] = data_url("audio/wav", drawing.playable(wave, rate))
    return told


MEDIUM = Medium(synthesise, measured, thumbnail, shown)
