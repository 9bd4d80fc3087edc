"""Sound: a WaveGAN-style network that makes a second of sound from noise.

from genai import audio
model = audio.load("digits")
result = audio.generate(model, [audio.AudioRequest("7", seed=1)])[0]
"""

from pathlib import Path

from genai.audio import model as networks
from genai.audio.discriminator import Discriminator
from genai.audio.model import WaveGANConfig
from genai.audio.sampling import AudioModel, AudioRequest, AudioResult, generate
from genai.gan.loading import load_gan, with_fast_forward
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

    def make_generator(config: dict[str, object]) -> networks.Generator:
        windows = config.get("windows", WaveGANConfig.windows)
        return networks.make_generator(WaveGANConfig(**{**config, "windows": tuple(windows)}))  # type: ignore[arg-type]  # JSON has no tuples

    gan = load_gan("audio", name_or_path, device, folder, make_generator, Discriminator)
    return with_fast_forward(AudioModel(**vars(gan), sample_rate=gan.header.sample_rate))
