"""The judges of a data set as files: trained, measured, saved and loaded.

Two of different kinds for each set: figures are taken with the first; the second took no part in choosing anything.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.checkpoint.network import build_network
from genai.datasets.card import DataCard
from genai.labels import Labels
from genai.quality.feature_network import (
    Draw,
    FeatureNetwork,
    FeatureNetworkConfig,
    downscale,
    extract_features,
    initialise,
    train_network,
)
from genai.quality.figures import Figure, figures_to_json
from genai.seeds import make_rng

FOLDER = checkpoint.SHIPPED / "judges"
KINDS: tuple[Literal["pooled", "strided"], ...] = ("pooled", "strided")


class LabelledItems(NamedTuple):
    """Real items as a judge sees them: pictures (N, C, H, W) in [-1, 1], and their classes (N,)."""

    pictures: Tensor
    classes: Tensor


def train_networks(
    modality: str,
    card: DataCard,
    labels: Labels,
    draw: Draw,
    classes: Tensor,
    test: LabelledItems,
    steps: int,
    folder: Path,
) -> list[Path]:
    """Train both judges of a data set on what `draw` gives, measure them on the test part, and save them.

    Args:
        modality: image or audio.
        card: The data set's papers.
        labels: Its classes; empty if it has none.
        draw: Gives a batch of the training part.
        classes: (N,), those of the whole training part; the header tells how many items each has.
        test: The test part.
        steps: Steps of training for each.
        folder: Where to; the files go to its subfolder for the modality.
    """
    channels, height, width = test.pictures.shape[1:]
    shape = FeatureNetworkConfig(channels, height, width, classes=len(labels))
    counts = torch.bincount(classes, minlength=len(labels)).tolist()
    paths = []
    for number, kind in enumerate(KINDS):
        judge = FeatureNetwork(replace(shape, kind=kind))
        initialise(judge, make_rng(number))
        train_network(judge, draw, steps)
        header = Header(
            modality=modality, architecture="judge", config=asdict(judge.config), **card_fields(card),
            classes=list(labels.names), training={"steps": steps, "seed": number, "items": counts},
            metrics=figures_to_json({"accuracy" if labels else "explained": accuracy(judge, test)}),
        )  # fmt: skip
        paths.append(folder / modality / f"{card.name}-{kind}{checkpoint.SUFFIX}")
        checkpoint.save(paths[-1], header, judge.state_dict())
        print(f"Wrote {paths[-1]}: {header.metrics}")
    return paths


def folder_beside(checkpoints: Path | None) -> Path:
    """Return the folder judges among checkpoints if it is there, else the shipped one."""
    beside = (checkpoints or checkpoint.SHIPPED) / "judges"
    return beside if beside.is_dir() else FOLDER


def load(modality: str, data_set: str, kind: str, folder: Path = FOLDER) -> FeatureNetwork:
    """Load a judge of a data set.

    Raises:
        CheckpointError: if there is none, or it cannot be used.
    """
    path = checkpoint.find(f"{data_set}-{kind}", modality, folder)
    header, weights = checkpoint.load(path, modality)
    return build_network(path, lambda: FeatureNetwork(FeatureNetworkConfig(**header.config)), weights)


def read_header(modality: str, data_set: str, kind: str, folder: Path = FOLDER) -> Header:
    """Read what the file of a judge says: its accuracy, and how many training items each class has.

    Raises:
        CheckpointError: if there is none, or it cannot be used.
    """
    return checkpoint.read_header(checkpoint.find(f"{data_set}-{kind}", modality, folder))


def accuracy(judge: FeatureNetwork, test: LabelledItems) -> Figure:
    """Measure a judge on real items it has not seen: the share it names rightly, or of the variance it redraws."""
    _, answers = extract_features(judge, test.pictures)
    if judge.config.classes:
        right = (answers.argmax(dim=1) == test.classes).float().mean().item()
        return Figure(right, len(answers), "share of the test part named rightly")
    wanted = downscale(test.pictures)
    left = torch.nn.functional.mse_loss(answers, wanted) / wanted.var(dim=0, unbiased=False).mean()
    return Figure(1 - left.item(), len(answers), "share of the variance of 16 x 16 pixels redrawn from 64 numbers")
