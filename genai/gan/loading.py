"""From the checkpoint of a GAN to its networks, ready for inference."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from torch import nn

from genai import checkpoint
from genai.checkpoint.network import build_network
from genai.device import pick_device
from genai.gan.discriminator import GanDiscriminator
from genai.gan.sampling import GanModel
from genai.inference.batch_norm import fuse_batch_norm
from genai.inference.forward import make_forward

M = TypeVar("M", bound=GanModel[Any, Any])


def load_gan(
    model_class: type[M],
    name_or_path: str | Path,
    device: str | None,
    folder: Path | None,
    make_generator: Callable[[dict[str, Any]], nn.Module],
    make_discriminator: Callable[[Any], GanDiscriminator],
) -> M:
    """Load the model in a checkpoint; the generator's batch norms are folded into its convolutions.

    Args:
        model_class: ImageModel or AudioModel.
        name_or_path: Name of a checkpoint in the modality's subfolder of `folder`, or the path of a file.
        device: Where to compute; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.
        make_generator: Builds the generator from the config in the header.
        make_discriminator: Builds the discriminator from the generator's config.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """
    path = checkpoint.find(name_or_path, model_class.modality, folder)
    header, tensors = checkpoint.load(path, model_class.modality)
    place = pick_device(device)
    generator_weights = checkpoint.select_weights(tensors, "network")
    network = build_network(path, lambda: make_generator(header.config), generator_weights)
    config: Any = network.config
    discriminator = None
    discriminator_weights = checkpoint.select_weights(tensors, "discriminator")
    if discriminator_weights:
        discriminator = build_network(path, lambda: make_discriminator(config), discriminator_weights)
        discriminator.to(place)
    labels = header.labels
    checkpoint.check_counts_agree(path, "classes", len(labels), config.classes)
    checkpoint.check_counts_agree(path, "variants", len(labels.variants), config.variants)
    sha256 = checkpoint.fingerprint(network)  # before the batch norms are folded, which changes the weights
    model = model_class(
        checkpoint.name_of(path),
        fuse_batch_norm(network).to(place),
        labels,
        sample_rate=header.sample_rate,
        discriminator=discriminator,
        header=header,
        sha256=sha256,
    )
    return replace(model, forward=make_forward(model.sampler, repr(config)))
