"""Pictures: a DCGAN that draws from noise.

from genai import image
model = image.load("fashion")
results = image.generate(model, image.consecutive_seeds(image.ImageRequest("sneaker", seed=7), 16))
"""

from pathlib import Path
from typing import Any

from genai.gan.loading import load_gan
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
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

    def make_generator(config: dict[str, Any]) -> Generator:
        return Generator(DCGANConfig(**config))

    return load_gan(ImageModel, name_or_path, device, folder, make_generator, ImageDiscriminator)
