"""Training that goes on from the weights of a checkpoint."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from genai import checkpoint
from genai.checkpoint.ancestor import describe
from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.gan.data import GanData
from genai.gan.loading import M
from genai.gan.losses import GanTrainingConfig
from genai.labels import Labels

T = TypeVar("T", bound=GanData)

EMBEDDING, PROJECTION = "embedding.weight", "projection.weight"
"""Ends of the names of the weights that a network has for each class: of a generator, of a discriminator."""
CLASSIFIER = "classifier.weight", "classifier.bias"
"""The same of a discriminator's classifier, which no file has."""
BOUNDS = "attribute_bounds"
SHARES = BOUNDS, "attribute_shares"
"""Ends of the names of what networks know of the attribute that z chooses."""


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


def read_start(file: Path | None, modality: str) -> Header | None:
    """Return the header of the checkpoint that a training starts from; None without one.

    Raises:
        CheckpointError: if there is no such checkpoint, or it cannot be used.
    """
    return checkpoint.read_header(checkpoint.find(file, modality)) if file else None


def with_classes_of(data: T, start: Header) -> T:
    """Return data in the form that the networks of a checkpoint can learn from.

    Networks with classes learn data without any as a single class, which has the name of the data and starts as
    their first class. The same goes for variants. The fingerprint stays: judges and indexes are made of the data as
    it was loaded.

    Args:
        data: Pictures or sounds.
        start: Header of the checkpoint.
    """
    if start.classes and not data.labels:
        data = replace(data, labels=Labels((data.card.title,)), loaded_sha256=data.fingerprint)
    if start.variants and not data.labels.variants:
        labels = replace(data.labels, variants=(data.card.title,))
        zeros = torch.zeros_like
        data = replace(
            data,
            labels=labels,
            train_variants=zeros(data.train_labels),
            test_variants=zeros(data.test_labels),
            loaded_sha256=data.fingerprint,
        )
    return data


def load_start(file: Path | None, modality: str, generator: nn.Module, discriminator: nn.Module) -> None:
    """Copy the weights of a checkpoint into both networks.

    A convolution may have more input channels than in the file: the new ones start without influence. The networks
    may have other classes than those in the file: class i starts as class i of the N in the file, or as i - N. If
    the file has no classes, those of the networks start without influence too. Variants likewise. Networks of
    sounds that are K times as long, or have K times as many frames or frequencies, start with what the file's do at
    one of them at K. Sub-discriminators that the file lacks start as they are, and so do classifiers.

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
    header, tensors = checkpoint.load(path, modality)
    growth = _growth(path.name, generator, header)
    for name, network in {"network": generator, "discriminator": discriminator}.items():
        weights = checkpoint.select_weights(tensors, name)
        if len(weights.get(BOUNDS, ())):
            weights[BOUNDS] = weights[BOUNDS][_old_conditions(generator, header)]
        _copy(path.name, {key: _stretch(key, weight, growth) for key, weight in weights.items()}, network)


def _old_conditions(generator: nn.Module, header: Header) -> Tensor:
    """Return the condition in a file as which each condition of a generator starts: (C,)."""
    config: Any = generator.config
    variants, old_variants = max(1, config.variants), max(1, header.config.get("variants", 0))
    conditions = torch.arange(config.classes * variants)
    classes = conditions // variants % header.config["classes"]
    rows: Tensor = classes * old_variants + conditions % variants % old_variants
    return rows


@dataclass(frozen=True)
class _Growth:
    """How many times as large as in a file is what the networks make or read.

    Args:
        length: Of the sounds.
        frequencies: Number of frequencies in the maps that a generator starts with; a waveform has one.
        frames: Number of frames in them.
        maps: Their frequencies and frames in the file.
    """

    length: int = 1
    frequencies: int = 1
    frames: int = 1
    maps: tuple[int, int] = (1, 1)


def _growth(file: str, generator: nn.Module, header: Header) -> _Growth:
    """Compare the sizes of a generator with those in a file; a picture has one size.

    Raises:
        ConfigError: if one is no multiple of that in the file.
    """
    config: Any = generator.config
    if not hasattr(config, "samples"):
        return _Growth()
    network: Any = generator
    old = asdict(type(config)()) | header.config  # a file may lack fields that came later
    length = Fraction(config.samples, old["samples"])
    if config.head == "waveform":
        frequencies, frames = Fraction(1), length
        maps = 1, network.start / frames
    else:
        frequencies = Fraction(config.fft, old["fft"])
        frames = length * Fraction(config.overlap, old["overlap"]) / frequencies
        maps = network.frequencies / frequencies, network.frames / frames
    for name, times in {"samples": length, "fft": frequencies, "overlap": frames}.items():
        if times.denominator > 1:
            raise _shape_error(file, name)
    return _Growth(int(length), int(frequencies), int(frames), (int(maps[0]), int(maps[1])))


def _stretch(name: str, weight: Tensor, growth: _Growth) -> Tensor:
    """Repeat the weights of each frequency and frame; those of a sum over all moments are divided by the number.

    Moments are the innermost dimension of what a discriminator reads last.
    """
    if name.startswith("dense."):
        maps = weight.view(-1, *growth.maps, *weight.shape[1:])
        larger = maps.repeat_interleave(growth.frequencies, dim=1).repeat_interleave(growth.frames, dim=2)
        return larger.flatten(0, 2)
    if name.endswith(("out.linear.weight", PROJECTION)):
        return weight.repeat_interleave(growth.length, dim=1) / growth.length
    return weight


def _copy(file: str, weights: Mapping[str, Tensor], network: nn.Module) -> None:
    parts = {_part(name) for name in weights}
    targets = {name: weight for name, weight in network.state_dict().items() if _part(name) in parts}
    new = [name for name in targets if name not in weights and _is_of_classes(name)]
    expected = targets.keys() - set(new)
    if weights.keys() != expected:
        raise _shape_error(file, min(weights.keys() ^ expected))
    new_inputs = sum(targets[name].shape[1] for name in new if name.endswith(EMBEDDING))
    for name, source in weights.items():
        target = targets[name]
        grown = _grown_dimension(source, target, new_inputs)
        with torch.no_grad():
            if source.shape == target.shape:
                target.copy_(source)
            elif _is_of_classes(name) and source.shape[1:] == target.shape[1:]:
                target.copy_(source[torch.arange(len(target)) % len(source)])
            elif grown is not None:
                target.zero_()
                target.narrow(grown, 0, source.shape[grown]).copy_(source)
            else:
                raise _shape_error(file, name)


def _part(name: str) -> str:
    """Return the sub-discriminator that a weight belongs to, such as "judges.0"; "" for all other weights."""
    first, _, rest = name.partition(".")
    return f"{first}.{rest.partition('.')[0]}" if first == "judges" else ""


def _is_of_classes(name: str) -> bool:
    return name.endswith((EMBEDDING, PROJECTION, *CLASSIFIER, *SHARES))


def _grown_dimension(source: Tensor, target: Tensor, new_inputs: int) -> int | None:
    """Return the dimension of a layer's inputs if only that one has grown, and by what is allowed; else None.

    Args:
        source: The weights of the file.
        target: Those of the network.
        new_inputs: The size of an embedding that the file lacks, which joins z; 0 for none.
    """
    if source.ndim != target.ndim:
        return None
    different = [number for number in range(target.ndim) if source.shape[number] != target.shape[number]]
    if len(different) != 1:
        return None
    [dimension] = different
    growth = target.shape[dimension] - source.shape[dimension]
    joins_z = growth == new_inputs > 0
    is_channel = source.ndim == 4 and dimension == 1 and growth > 0  # of a 2-D convolution
    return dimension if joins_z or is_channel else None


def _shape_error(file: str, name: str) -> ConfigError:
    return ConfigError(
        "The training cannot start from {file}, whose networks have another shape ({name}): give the settings that "
        "it was trained with.",
        file=file,
        name=name,
    )
