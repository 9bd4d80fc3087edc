"""How the views make, compare and draw sounds."""

from PIL import Image
from torch import Tensor

from genai.audio import clips
from genai.audio.internals import score_drops
from genai.audio.originals import original
from genai.audio.sampling import AudioModel, generate
from genai.audio.spectrogram import to_pictures
from genai.quality.nearest import NearestIndex, require_files
from genai.ui.views import drawing
from genai.ui.views.files import data_url
from genai.ui.views.originals import published_set
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


def read_original(model: AudioModel, index: NearestIndex, row: int) -> Original:
    """Read a sound of the training part as the view shows it: from the data if it is here, else from the index.

    Raises:
        CheckpointError: if the data is not here, and the index has no sounds.
        DataError: if the sound's file is missing or broken.
    """
    data_set = model.header.data_set if model.header else ""
    rate = model.sample_rate
    wave = original(published_set(model.header), index.ids[row], model.network.config.samples, rate)
    compressed = wave is None
    if wave is None:
        [file] = require_files(index, "audio", data_set)
        wave, rate = clips.decode(file, index.starts, row, model.network.config.samples)
    return {
        "source": drawing.spectrogram(wave, rate),
        "sound": data_url("audio/wav", drawing.playable(wave, rate)),
        "compressed": compressed,
    }


def upright(maps: Tensor) -> Tensor:
    """Flip maps (F, frequencies, frames) so that high frequencies are at the top; signals (F, L) stay."""
    return maps.flip(1) if maps.ndim == 3 else maps


# Sounds are compared as spectrograms: waveforms that sound alike may differ everywhere.
RENDERER = Renderer(generate, thumbnail, render, read_original, to_pictures, upright, score_drops)
