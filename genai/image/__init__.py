"""Pictures: a DCGAN that draws from noise.

from genai import image
model = image.load("fashion")
results = image.generate(model, image.consecutive_seeds(image.ImageRequest("sneaker", seed=7), 16))
"""

from dataclasses import replace
from pathlib import Path

from genai import checkpoint
from genai.checkpoint.network import build_network
from genai.device import pick_device
from genai.image.discriminator import Discriminator
from genai.image.model import DCGANConfig, Generator
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.inference.batch_norm import fuse_batch_norm
from genai.inference.forward import make_forward
from genai.labels import Labels
from genai.latent.requests import consecutive_seeds

__all__ = ["ImageModel", "ImageRequest", "ImageResult", "consecutive_seeds", "generate", "load"]


def load(name_or_path: str | Path, device: str | None = None, folder: Path | None = None) -> ImageModel:
    """Load an image model.

    Args:
        name_or_path: Name of a checkpoint in `folder`/image, or the path of a file.
        device: Where to compute; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """
    path = checkpoint.find(name_or_path, "image", folder)
    header, tensors = checkpoint.load(path, "image")
    place = pick_device(device)
    network = build_network(
        path, lambda: Generator(DCGANConfig(**header.config)), checkpoint.select_weights(tensors, "network")
    )
    weights = checkpoint.select_weights(tensors, "discriminator")
    judge = build_network(path, lambda: Discriminator(network.config), weights) if weights else None
    labels = Labels(tuple(header.classes))
    checkpoint.check_counts_agree(path, "classes", len(labels), network.config.classes)
    discriminator = judge.to(place) if judge else None
    told = checkpoint.fingerprint(network)  # of the weights before they are folded
    model = ImageModel(path.stem, fuse_batch_norm(network).to(place), labels, discriminator, header, told)
    return replace(model, forward=make_forward(model.network, repr(model.network.config)))
