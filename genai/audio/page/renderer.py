"""How the views make, compare and draw sounds."""

from PIL import Image
from torch import Tensor

from genai.audio.internals import score_drops
from genai.audio.originals import original
from genai.audio.sampling import AudioModel, generate
from genai.audio.spectrogram import to_pictures
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.renderer import Original, Renderer, Rendering

FRAMES = 64  # of a thumbnail


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


def read_original(model: AudioModel, name: str) -> Original | None:
    """Read a sound of the training part as the view shows it; None where the data is not on this machine."""
    rate = model.sample_rate
    wave = original(model.header.data_set if model.header else "", name, model.network.config.samples, rate)
    if wave is None:
        return None
    return {
        "source": drawing.spectrogram(wave, rate),
        "sound": data_url("audio/wav", drawing.playable(wave, rate)),
    }


def upright(maps: Tensor) -> Tensor:
    """Flip maps (F, frequencies, frames) so that high frequencies are at the top; signals (F, L) stay."""
    return maps.flip(1) if maps.ndim == 3 else maps


# Sounds are compared as spectrograms: waveforms that sound alike may differ everywhere.
RENDERER = Renderer(generate, thumbnail, render, read_original, to_pictures, upright, score_drops)
