"""Sound: a WaveGAN-style network that makes a second of sound from noise.

from genai import audio
model = audio.load("digits")
result = audio.generate(model, [audio.AudioRequest("7", seed=1)])[0]
"""

from dataclasses import replace
from pathlib import Path

from genai import checkpoint
from genai.audio.discriminator import Discriminator
from genai.audio.model import WaveGANConfig, make_generator
from genai.audio.sampling import AudioModel, AudioRequest, AudioResult, generate
from genai.checkpoint.network import build_network
from genai.device import pick_device
from genai.inference.batch_norm import fuse_batch_norm
from genai.inference.forward import make_forward
from genai.labels import Labels
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
    path = checkpoint.find(name_or_path, "audio", folder)
    header, tensors = checkpoint.load(path, "audio")
    place = pick_device(device)
    network = build_network(
        path, lambda: make_generator(_config(header.config)), checkpoint.select_weights(tensors, "network")
    )
    weights = checkpoint.select_weights(tensors, "discriminator")
    judge = build_network(path, lambda: Discriminator(network.config), weights) if weights else None
    labels = Labels(tuple(header.classes))
    checkpoint.check_counts_agree(path, "classes", len(labels), network.config.classes)
    discriminator = judge.to(place) if judge else None
    told = checkpoint.fingerprint(network)  # of the weights before they are folded
    model = AudioModel(
        path.stem, fuse_batch_norm(network).to(place), labels, header.sample_rate, discriminator, header, told
    )
    return replace(model, forward=make_forward(model.limited, repr(model.network.config)))


def _config(plain: dict[str, object]) -> WaveGANConfig:
    """Rebuild the config; JSON has no tuples."""
    config = WaveGANConfig(**plain)  # type: ignore[arg-type]
    return WaveGANConfig(**{**plain, "windows": tuple(config.windows)})  # type: ignore[arg-type]
