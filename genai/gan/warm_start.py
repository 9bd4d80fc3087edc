"""Training that goes on from the weights of a checkpoint."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from genai import checkpoint
from genai.errors import ConfigError


def load_start(name_or_path: str, modality: str, generator: nn.Module, discriminator: nn.Module) -> None:
    """Copy the weights of a checkpoint into both networks.

    A convolution may have more input channels than in the file: the new ones start without influence.

    Args:
        name_or_path: Name of a shipped checkpoint, or the path of a file; "" changes nothing.
        modality: image or audio.
        generator: As built for training.
        discriminator: Likewise.

    Raises:
        CheckpointError: if there is no such checkpoint, or it cannot be used.
        ConfigError: if its networks have another shape.
    """
    if not name_or_path:
        return
    path = checkpoint.find(name_or_path, modality)
    _, tensors = checkpoint.load(path, modality)
    for name, network in {"network": generator, "discriminator": discriminator}.items():
        _copy(path.name, checkpoint.select_weights(tensors, name), network)


def _copy(file: str, weights: Mapping[str, Tensor], network: nn.Module) -> None:
    targets = network.state_dict()
    if weights.keys() != targets.keys():
        raise _shape_error(file, min(weights.keys() ^ targets.keys()))
    for name, target in targets.items():
        source = weights[name]
        known = source.shape[1] if source.ndim == 4 else None  # input channels of a 2-D convolution
        with torch.no_grad():
            if source.shape == target.shape:
                target.copy_(source)
            elif known is not None and source.shape == target[:, :known].shape:
                target.zero_()
                target[:, :known] = source
            else:
                raise _shape_error(file, name)


def _shape_error(file: str, name: str) -> ConfigError:
    return ConfigError(
        "--start-from {file} is not possible: its network has another shape ({name}). Train with the settings that "
        "it was trained with.",
        file=file,
        name=name,
    )
