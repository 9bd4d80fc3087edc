"""How the views of the latent space make, compare and draw sounds."""

from PIL import Image
from torch import Tensor

from genai.audio.judging import to_pictures
from genai.audio.sampling import AudioModel
from genai.gan.sampling import synthesise
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.latent import Renderer, Rendering

FRAMES = 64  # of a thumbnail


def features(model: AudioModel, sounds: Tensor) -> Tensor:
    """Return log-power spectrograms (B, D) of sounds (B, T): waveforms that sound alike may differ everywhere."""
    return to_pictures(sounds).flatten(1)


def thumbnail(model: AudioModel, sound: Tensor) -> Image.Image:
    """Draw a small spectrogram of a sound (T,)."""
    return drawing.spectrogram_picture(sound.numpy(), model.sample_rate, FRAMES)


def render(model: AudioModel, sound: Tensor, settings: dict[str, object], hear: bool) -> Rendering:
    """Draw the spectrogram of a sound (T,) and, if wanted, encode it as a WAV for the browser."""
    wave = sound.numpy()
    rendering: Rendering = {"picture": drawing.spectrogram(wave, model.sample_rate)}
    if hear:
        rendering["sound"] = data_url("audio/wav", drawing.playable(wave, model.sample_rate))
    return rendering


RENDERER = Renderer(synthesise, features, thumbnail, render)
