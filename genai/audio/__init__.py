"""Sound: a WaveGAN-style network that makes a second of sound from noise.

from genai import audio
model = audio.load("digits")
result = audio.generate(model, [audio.AudioRequest("7", seed=1)])[0]
"""

from pathlib import Path
from typing import Any

from genai.audio.discriminator import AudioDiscriminator
from genai.audio.model import Generator, WaveGANConfig, make_generator
from genai.audio.sampling import AudioModel, AudioRequest, AudioResult, generate
from genai.gan.loading import load_gan
from genai.latent.requests import consecutive_seeds

__all__ = ["AudioModel", "AudioRequest", "AudioResult", "consecutive_seeds", "generate", "load"]


def load(name_or_path: str | Path, device: str | None = None, folder: Path | None = None) -> AudioModel:
    """Load an audio model.

    Args:
        name_or_path: Name of a checkpoint in `folder`/audio, or the path of a file.
        device: Where to compute; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """

    def generator_of(config: dict[str, Any]) -> Generator:
        windows = tuple(config.get("windows", WaveGANConfig.windows))  # JSON has no tuples
        return make_generator(WaveGANConfig(**{**config, "windows": windows}))

    return load_gan(AudioModel, name_or_path, device, folder, generator_of, AudioDiscriminator)
