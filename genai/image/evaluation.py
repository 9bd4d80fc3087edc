"""How good an image model is: python -m genai.image.evaluation fashion."""

import sys
from pathlib import Path
from typing import Annotated

import torch
import tyro
from torch import Tensor

from genai import checkpoint
from genai.checkpoint import parameters
from genai.errors import ConfigError, GenaiError
from genai.image import data, load
from genai.image.sampling import ImageModel, ImageRequest, generate
from genai.quality import shipped_networks
from genai.quality.figures import Figure, figures_to_json, format_report, percentiles
from genai.quality.scores import EvaluationSet, figures
from genai.quality.shipped_networks import LabelledItems
from genai.seeds import make_rng

MAX_TRAIN = 10_000  # training items that generated ones are compared with
MAX_TEST = 10_000
BATCH = 250
GREY = 0.8  # below this absolute value, of 1, a pixel is neither ink nor paper


def draw(model: ImageModel, first: int, asked: Tensor) -> Tensor:
    """Make pictures (N, C, H, W) in [-1, 1] of the classes asked for (N,); seeds count up from the first."""
    requests = [
        ImageRequest(int(label) if model.labels else None, seed=first + n) for n, label in enumerate(asked.tolist())
    ]
    batches = (generate(model, requests[start : start + BATCH]) for start in range(0, len(requests), BATCH))
    return torch.stack([result.image for batch in batches for result in batch])


def bench(model: ImageModel, pictures: data.Pictures, folder: Path) -> EvaluationSet:
    """Gather the real pictures and the judges of a model's data set.

    Raises:
        CheckpointError: if a judge is missing.
        ConfigError: if a judge was trained on pictures of another size.
    """
    found = [shipped_networks.load("image", pictures.card.name, kind, folder) for kind in shipped_networks.KINDS]
    size = pictures.train.shape[-1]
    if any(judge.config.width != size for judge in found):
        raise ConfigError(
            "The judges of {name} look at pictures of another size: train them with --size {size}.",
            name=pictures.card.name,
            size=size,
        )
    rows = torch.randperm(len(pictures.train), generator=make_rng(0, 9))[:MAX_TRAIN]
    return EvaluationSet(
        LabelledItems(data.to_unit(pictures.train[rows]), pictures.train_labels[rows]),
        LabelledItems(data.to_unit(pictures.test[:MAX_TEST]), pictures.test_labels[:MAX_TEST]),
        found,
        [name["en"] for name in model.labels.names],
    )


def grey_share(fake: Tensor, real: Tensor) -> Figure:
    """Measure how crisp strokes are: the share of pixels neither black nor white, over that in real pictures."""
    found, usual = ((x.abs() < GREY).float().mean().item() for x in (fake, real))
    return Figure(found / usual, len(fake), f"share of pixels below {GREY} in [-1, 1], over that of test pictures",
                  {"generated": found, "real": usual})  # fmt: skip


@torch.inference_mode()
def judged(model: ImageModel, items: LabelledItems) -> Tensor:
    """Return the logits (N,) that the model's own discriminator gives.

    Args:
        model: One with its discriminator.
        items: Pictures (N, C, H, W) in [-1, 1] under `pictures`, and their classes.
    """
    network = model.discriminator
    assert network is not None  # asked for only where there is one
    batches = zip(torch.split(items.pictures, BATCH), torch.split(items.classes, BATCH), strict=True)
    logits = [network(x.to(model.device), y.to(model.device)) for x, y in batches]
    return torch.cat(logits).cpu()


def scores(model: ImageModel, real: LabelledItems, fake: Tensor) -> dict[str, list[float]]:
    """Return percentiles of the discriminator's logits for real pictures and for generated ones, for the header."""
    if model.discriminator is None:
        return {}
    sets = {"real": real, "fake": LabelledItems(fake, real.classes)}
    return {name: [round(x, 3) for x in percentiles(judged(model, items)).tolist()] for name, items in sets.items()}


def main(
    name: tyro.conf.Positional[str],
    *,
    own: Annotated[str | None, tyro.conf.arg(name="data")] = None,
    device: str | None = None,
    keep: bool = False,
    checkpoints: Path | None = None,
    folder: Path | None = None,
) -> None:
    """Print an image model's figures: a table, then the same as JSON.

    Args:
        name: A checkpoint's name, or the path of its file.
        own: The folder of pictures that it was trained on, if they are your own.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        keep: Also write the figures into the header of the file.
        checkpoints: Folder of models; left out: the shipped ones.
        folder: Where the judges are, with a subfolder image; left out: judges among the checkpoints,
            else the shipped ones.
    """
    model = load(name, device, checkpoints)
    judges = folder or shipped_networks.folder_beside(checkpoints)
    assert model.header is not None  # a loaded model has one
    pictures = data.load(own or model.header.data_set, model.network.config.size)
    real = bench(model, pictures, judges)
    found = figures(real, lambda first, asked: draw(model, first, asked))
    fake = draw(model, 0, real.test.classes)
    if model.network.config.channels == 1:
        found["grey_share"] = grey_share(fake, real.test.pictures)
    print(
        format_report(
            model.name,
            found,
            weights=parameters.count_parameters(checkpoint.find(name, "image", checkpoints), "image")["network"],
        )
    )
    if keep:
        path = checkpoint.find(name, "image", checkpoints)
        checkpoint.update_header(path, metrics=figures_to_json(found), scores=scores(model, real.test, fake))


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
