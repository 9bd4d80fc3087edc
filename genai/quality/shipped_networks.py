"""The feature networks of a data set: train, measure, save and load them.

Each set has two of different kinds. Figures are measured with the first; settings are hardly ever chosen by
the second, so that it shows whether they were fitted to the first.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.checkpoint.network import build_network
from genai.datasets.card import DataCard
from genai.errors import ConfigError
from genai.labels import Labels
from genai.quality.attributes import NOTHING_KNOWN, KnownAttributes, predict
from genai.quality.data_identity import FINGERPRINT, DataIdentity, identity_of, missing_judge_error
from genai.quality.feature_network import (
    Draw,
    FeatureNetwork,
    FeatureNetworkConfig,
    Precision,
    downscale,
    extract_features,
    initialise,
    remove_dead_units,
    train_network,
)
from genai.quality.figures import Figure, figures_to_json
from genai.seeds import make_rng

FOLDER = checkpoint.SHIPPED / "judges"
KINDS: tuple[Literal["pooled", "strided"], ...] = ("pooled", "strided")


class LabelledItems(NamedTuple):
    """Real items in the form that a feature network reads: images (N, C, H, W) in [-1, 1], and classes (N,)."""

    pictures: Tensor
    classes: Tensor


def train_networks(  # noqa: PLR0913 - callers name them
    modality: str,
    card: DataCard,
    labels: Labels,
    draw: Draw,
    classes: Tensor,
    test: LabelledItems,
    steps: int,
    folder: Path,
    *,
    known: KnownAttributes = NOTHING_KNOWN,
    data_sha256: str = "",
    precision: Precision = "no",
    seed: int = 0,
) -> list[Path]:
    """Train both feature networks of a data set, measure them on the test part, and save them.

    Args:
        modality: image or audio.
        card: Title, licence and source of the data set.
        labels: Its classes; empty if it has none.
        draw: Returns a batch of the training part.
        classes: (N,), classes of the whole training part; the header records how many items each has.
        test: The test part.
        steps: Training steps for each network.
        folder: Folder of the files, which go to its subfolder for the modality.
        known: Attributes, which the networks learn besides the classes.
        data_sha256: Fingerprint of the data, for the header.
        precision: Of the training.
        seed: Of the first network's initial weights; the second one has the next.

    Returns:
        The paths of the files.
    """
    channels, height, width = test.pictures.shape[1:]
    shape = FeatureNetworkConfig(channels, height, width, classes=len(labels), attributes=known.sizes)
    counts = torch.bincount(classes, minlength=len(labels)).tolist()
    paths = []
    for number, kind in enumerate(KINDS):
        network = FeatureNetwork(replace(shape, kind=kind))
        initialise(network, make_rng(seed + number))
        train_network(network, draw, steps, precision)
        if known.attributes:
            remove_dead_units(network, draw)
        header = Header(
            modality=modality,
            architecture="judge",
            config=asdict(network.config),
            **card_fields(card),
            classes=list(labels.names),
            attributes=_describe(network, known, classes, test),
            training={"steps": steps, "seed": seed + number, "items": counts, FINGERPRINT: data_sha256},
            metrics=figures_to_json({"accuracy" if labels else "explained": accuracy(network, test)}),
        )
        path = folder / modality / f"{card.name}-{kind}{checkpoint.SUFFIX}"
        checkpoint.save(path, header, network.state_dict())
        print(f"Wrote {path}: {header.metrics}")
        for attribute in header.attributes:
            print(f"  {attribute['name']['en']}: {attribute['accuracy']['value']}")
        paths.append(path)
    return paths


def _describe(
    network: FeatureNetwork, known: KnownAttributes, classes: Tensor, test: LabelledItems
) -> list[dict[str, Any]]:
    """Return for the header how many items of each class have each value, and how well a network knows them."""
    if not known.attributes:
        return []
    correct = (predict(network, test.pictures) == known.test).float().mean(dim=0).tolist()
    return [
        {
            "name": attribute.name,
            "values": list(attribute.values.names),
            "items": [
                torch.bincount(values[classes == number], minlength=size).tolist()
                for number in range(network.config.classes)
            ],
            "accuracy": {"value": round(accuracy, 4), "n": len(known.test)},
        }
        for attribute, values, size, accuracy in zip(
            known.attributes, known.train.unbind(dim=1), known.sizes, correct, strict=True
        )
    ]


def load(
    modality: str, data_set: str, kind: str, folder: Path = FOLDER, data: DataIdentity | None = None
) -> FeatureNetwork:
    """Load a feature network of a data set.

    Args:
        modality: image or audio.
        data_set: Its name.
        kind: pooled or strided.
        folder: Folder of feature networks.
        data: What it must have been trained on; None takes whatever has the name.

    Raises:
        CheckpointError: if there is none, it cannot be used, or it was trained on other data of the same name.
    """
    path = _find(modality, data_set, kind, folder, data)
    header, weights = checkpoint.load(path, modality)
    return build_network(path, lambda: FeatureNetwork(FeatureNetworkConfig(**header.config)), weights)


def read_header(
    modality: str, data_set: str, kind: str, folder: Path = FOLDER, data: DataIdentity | None = None
) -> Header:
    """Read the header of a feature network: its accuracy, and the number of training items of each class.

    The arguments are those of `load`.

    Raises:
        CheckpointError: as `load`.
    """
    return checkpoint.read_header(_find(modality, data_set, kind, folder, data))


def _find(modality: str, data_set: str, kind: str, folder: Path, data: DataIdentity | None) -> Path:
    name = f"{data_set}-{kind}"
    if data is None:
        return checkpoint.find(name, modality, folder)
    path = folder / modality / f"{name}{checkpoint.SUFFIX}"
    if not path.exists() or not data.matches(identity_of(checkpoint.read_header(path))):
        raise missing_judge_error(data)
    return path


def check_classes(network: FeatureNetwork, labels: Labels, data_set: str) -> None:
    """Check that a network names the classes of a model, if that has any.

    Raises:
        ConfigError: if it knows others.
    """
    if labels and network.config.classes != len(labels):
        raise ConfigError(
            "The judge of {name} knows other classes than the model: choose another model.", name=data_set
        )


def accuracy(network: FeatureNetwork, test: LabelledItems) -> Figure:
    """Measure a feature network on the test part: its accuracy, or without classes the variance it explains."""
    _, logits = extract_features(network, test.pictures)
    if network.config.classes:
        correct = (logits.argmax(dim=1) == test.classes).float().mean().item()
        return Figure(correct, len(logits), "share of the test part named rightly")
    target = downscale(test.pictures)
    unexplained = F.mse_loss(logits, target) / target.var(dim=0, unbiased=False).mean()
    protocol = "share of the variance of 16 x 16 pixels redrawn from 64 numbers"
    return Figure(1 - unexplained.item(), len(logits), protocol)
