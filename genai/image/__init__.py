"""Pictures: a DCGAN that draws from noise.

from genai import image
model = image.load("fashion")
results = image.generate(model, image.several(image.ImageRequest("sneaker", seed=7), 16))
"""

from dataclasses import replace
from pathlib import Path

from genai import checkpoint
from genai.building import build
from genai.folding import fold
from genai.forward import forward_of
from genai.image.discriminator import Discriminator
from genai.image.model import DCGANConfig, Generator
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.labels import Labels
from genai.latent import several
from genai.randomness import pick_device

__all__ = ["ImageModel", "ImageRequest", "ImageResult", "generate", "load", "several"]


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
    network = build(path, lambda: Generator(DCGANConfig(**header.config)), checkpoint.part(tensors, "network"))
    weights = checkpoint.part(tensors, "discriminator")
    judge = build(path, lambda: Discriminator(network.config), weights) if weights else None
    labels = Labels(tuple(header.classes))
    checkpoint.agree(path, "classes", len(labels), network.config.classes)
    discriminator = judge.to(place) if judge else None
    told = checkpoint.fingerprint(network)  # of the weights before they are folded
    model = ImageModel(path.stem, fold(network).to(place), labels, discriminator, header, told)
    return replace(model, forward=forward_of(model.network, repr(model.network.config)))
