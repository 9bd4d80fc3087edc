"""From the checkpoint of a GAN to its networks, ready for inference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.checkpoint.network import build_network
from genai.device import pick_device
from genai.gan.sampling import D, G, GanModel
from genai.inference.batch_norm import fuse_batch_norm
from genai.inference.forward import make_forward
from genai.labels import Labels

M = TypeVar("M", bound=GanModel[Any, Any])


@dataclass(frozen=True)
class LoadedGan(Generic[G, D]):
    """The content of a checkpoint; the fields have the names of those of `GanModel`."""

    name: str
    network: G
    labels: Labels
    discriminator: D | None
    header: Header
    sha256: str


def load_gan(
    modality: str,
    name_or_path: str | Path,
    device: str | None,
    folder: Path | None,
    make_generator: Callable[[dict[str, Any]], G],
    make_discriminator: Callable[[Any], D],
) -> LoadedGan[G, D]:
    """Load the networks of a checkpoint; the generator's batch norms are folded into its convolutions.

    Args:
        modality: image or audio.
        name_or_path: Name of a checkpoint in `folder`/modality, or the path of a file.
        device: Where to compute; None chooses.
        folder: Folder of checkpoints; None means the shipped ones.
        make_generator: Builds the generator from the config in the header.
        make_discriminator: Builds the discriminator from the generator's config.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if there is no such device.
    """
    path = checkpoint.find(name_or_path, modality, folder)
    header, tensors = checkpoint.load(path, modality)
    place = pick_device(device)
    generator_weights = checkpoint.select_weights(tensors, "network")
    network = build_network(path, lambda: make_generator(header.config), generator_weights)
    config: Any = network.config
    discriminator = None
    discriminator_weights = checkpoint.select_weights(tensors, "discriminator")
    if discriminator_weights:
        discriminator = build_network(path, lambda: make_discriminator(config), discriminator_weights)
        discriminator.to(place)
    labels = Labels(tuple(header.classes))
    checkpoint.check_counts_agree(path, "classes", len(labels), config.classes)
    sha256 = checkpoint.fingerprint(network)  # before the batch norms are folded, which changes the weights
    return LoadedGan(path.stem, fuse_batch_norm(network).to(place), labels, discriminator, header, sha256)


def with_fast_forward(model: M) -> M:
    """Return a loaded model with the form of its forward pass that suits its device."""
    forward = make_forward(model.sampler, repr(model.network.config))
    return replace(model, forward=forward)
