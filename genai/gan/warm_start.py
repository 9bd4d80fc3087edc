"""Training that goes on from the weights of a checkpoint."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from genai import checkpoint
from genai.checkpoint.ancestor import describe
from genai.errors import ConfigError
from genai.gan.loading import M
from genai.gan.losses import GanTrainingConfig


def describe_start(config: GanTrainingConfig, load: Callable[[Path, str], M]) -> dict[str, Any] | None:
    """Return the description of the checkpoint that a training starts from, for its header; None without one.

    Args:
        config: Of the training.
        load: Loads a model from a file to a device.

    Raises:
        CheckpointError: if there is no such checkpoint, or it cannot be used.
    """
    if config.start_from is None:
        return None
    model = load(config.start_from, "cpu")
    assert model.header is not None  # a loaded model has one
    return describe(model.name, model.header, model.sha256)


def load_start(file: Path | None, modality: str, generator: nn.Module, discriminator: nn.Module) -> None:
    """Copy the weights of a checkpoint into both networks.

    A convolution may have more input channels than in the file: the new ones start without influence.

    Args:
        file: The checkpoint; None changes nothing.
        modality: image or audio.
        generator: As built for training.
        discriminator: Likewise.

    Raises:
        CheckpointError: if there is no such checkpoint, or it cannot be used.
        ConfigError: if its networks have another shape.
    """
    if file is None:
        return
    path = checkpoint.find(file, modality)
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
        "The training cannot start from {file}, whose networks have another shape ({name}): give the settings that "
        "it was trained with.",
        file=file,
        name=name,
    )
