"""What the evaluations of image and audio models have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import tyro
from torch import Tensor

from genai import checkpoint
from genai.checkpoint import parameters
from genai.errors import ConfigError
from genai.gan.data import GanData
from genai.gan.sampling import GanModel, synthesise
from genai.latent.requests import LatentRequest, sample_latents
from genai.quality import attributes, shipped_networks
from genai.quality.figures import Figure, figures_to_json, format_report, percentiles
from genai.quality.scores import MIN_TEST, EvaluationSet
from genai.quality.shipped_networks import LabelledItems

BATCH = 100


@dataclass(frozen=True)
class EvaluationOptions:
    """What to evaluate; the fields are the flags of the command."""

    name: tyro.conf.Positional[str]
    """A checkpoint's name, or the path of its file."""
    data: str | None = None
    """The folder of pictures or sounds that it was trained on, if they are your own."""
    device: str | None = None
    """cpu, cuda, ...; left out: the accelerator of this machine, else the CPU."""
    keep: bool = False
    """Also write the figures into the header of the file."""
    checkpoints: Path | None = None
    """Folder of models; left out: the shipped ones."""
    folder: Path | None = None
    """Folder of the judges, with a subfolder image or audio; left out: judges among the checkpoints, else the
    shipped ones."""

    @property
    def networks_folder(self) -> Path:
        """Where the feature networks are."""
        return self.folder or checkpoint.folder_beside("judges", self.checkpoints)


def evaluation_set(
    model: GanModel[Any, Any],
    data: GanData,
    folder: Path,
    train_rows: Tensor | slice = slice(None),
    test_rows: slice = slice(None),
) -> EvaluationSet:
    """Gather the real items and the feature networks of a model's data set.

    Args:
        model: Without classes, no class is named in the figures.
        data: Of the model; a model that learnt it as a single class has a name for it that the data lacks.
        folder: Of the feature networks.
        train_rows: The items of the training part that are compared with generated ones.
        test_rows: Those of the test part.

    Raises:
        CheckpointError: if a feature network is missing, or was trained on other data.
        ConfigError: if a feature network was trained on pictures of another size, or on other attributes.
        DataError: if the test part has fewer than two items.
    """
    data.check_test_part(MIN_TEST)
    name = data.card.name
    networks = [
        shipped_networks.load(data.modality, name, kind, folder, data.identity) for kind in shipped_networks.KINDS
    ]
    test = LabelledItems(data.to_pictures(data.test[test_rows]), data.test_labels[test_rows])
    size = test.pictures.shape[-1]
    if any(network.config.width != size for network in networks):
        raise ConfigError(
            "The judges of {name} look at pictures of another size: train them with --size {size}.",
            name=name,
            size=size,
        )
    for network in networks:
        attributes.check(network, data.known, name)
    train = LabelledItems(data.to_pictures(data.train[train_rows]), data.train_labels[train_rows])
    names = data.labels.names if model.labels else ()
    return EvaluationSet(train, test, networks, [name["en"] for name in names])


def draw(model: GanModel[Any, Any], first: int, classes: Tensor, variants: Tensor | None = None) -> Tensor:
    """Make items (N, ...) in [-1, 1], with consecutive seeds.

    Args:
        model: Without classes or variants, it is asked for none.
        first: The first seed.
        classes: (N,).
        variants: (N,); None lets the seeds choose.
    """
    requests = [
        LatentRequest(label if model.labels else None, seed=first + n) for n, label in enumerate(classes.tolist())
    ]
    z, conditions = sample_latents(requests, model.latent_size, model.labels)
    if variants is not None and model.labels.variants:
        # Also pairs that the training part lacks, which a request may not ask for.
        pairs = zip(classes.tolist(), variants.tolist(), strict=True)
        conditions = [model.labels.condition(label, variant) for label, variant in pairs]
    parts = [
        synthesise(model, z[start : start + BATCH], conditions[start : start + BATCH])
        for start in range(0, len(z), BATCH)
    ]
    return torch.cat(parts)


def conditions_of_test_part(model: GanModel[Any, Any], data: GanData) -> Tensor:
    """Return what a model's networks are told of the items of a test part (N,)."""
    return data.test_conditions if model.labels.variants else data.test_labels


def conditions_of_classes(model: GanModel[Any, Any], classes: Tensor) -> Tensor:
    """Return what a discriminator is told of items whose variants are not known.

    Args:
        model: Without variants, it is told the classes alone.
        classes: (N,).

    Returns:
        (N,), or (N, P): the class of an item with P variants, as frequent as they are in it, over which its logit
        is the mean.
    """
    labels = model.labels
    count = len(labels.variants)
    if not count:
        return classes
    positions = [(number + 0.5) / count for number in range(count)]
    rows = [
        [labels.condition(label, labels.variant_at(label, position)) for position in positions]
        for label in range(len(labels))
    ]
    return torch.tensor(rows)[classes]


@torch.inference_mode()
def discriminator_logits(model: GanModel[Any, Any], items: Tensor, conditions: Tensor) -> Tensor:
    """Return the logits (N,) of the model's own discriminator, of several sub-discriminators the mean.

    Args:
        model: A model with its discriminator.
        items: (N, ...) in [-1, 1].
        conditions: (N,), of the items, or (N, P) as of `conditions_of_classes`.
    """
    assert model.discriminator is not None
    batches = zip(torch.split(items, BATCH), torch.split(conditions, BATCH), strict=True)
    outputs = [model.discriminator.outputs(x.to(model.device), y.to(model.device)) for x, y in batches]
    return torch.cat([output.mean_logits for output in outputs]).cpu()


def logit_percentiles(
    model: GanModel[Any, Any], real: Tensor, fake: Tensor, conditions: Tensor
) -> dict[str, list[float]]:
    """Return percentiles of the discriminator's logits for real and for generated items, for the header.

    The arguments are those of `report`. Without a discriminator there are no percentiles.
    """
    if model.discriminator is None:
        return {}
    result = {}
    for name, items in (("real", real), ("fake", fake)):
        values = percentiles(discriminator_logits(model, items, conditions))
        result[name] = [round(value, 3) for value in values.tolist()]
    return result


def report(
    model: GanModel[Any, Any],
    options: EvaluationOptions,
    figures: Mapping[str, Figure],
    real: Tensor,
    fake: Tensor,
    conditions: Tensor,
) -> None:
    """Print the figures of a model and, if the options say so, write them into its header.

    Args:
        model: Loaded as the options say.
        options: Of the command.
        figures: By name.
        real: Items (N, ...) in [-1, 1] of the test part, for the discriminator's logits.
        fake: (N, ...), generated items of the same conditions.
        conditions: (N,), of both.
    """
    path = checkpoint.find(options.name, model.modality, options.checkpoints)
    weights = parameters.count_parameters(path, model.modality)["network"]
    print(format_report(model.name, figures, weights=weights))
    if options.keep:
        scores = logit_percentiles(model, real, fake, conditions)
        checkpoint.update_header(path, metrics=figures_to_json(figures), scores=scores)
