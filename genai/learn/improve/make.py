"""Train the runs that the Learn tab compares, measure them, and write what the page shows of them.

    python -m genai.learn.improve.make train image-base
    python -m genai.learn.improve.make write image-base

The first goes on from where it was stopped. The second writes a file in checkpoints/pairs, and the passage that the
wrong network and the right one learn from. Without names, both do so for all runs.
"""

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from genai import checkpoint
from genai.errors import exit_with_sentence
from genai.gan import training as gan
from genai.gan.evaluation import draw, evaluation_set
from genai.gan.training import History, data_record
from genai.image import data
from genai.image import load as load_image
from genai.image import training as image_training
from genai.image.sampling import ImageModel
from genai.image.training import ImageTrainingConfig
from genai.learn.improve import record, wrong
from genai.learn.improve.experiments import EXPERIMENTS, Experiment, in_folder
from genai.learn.improve.record import Record
from genai.quality.figures import figures_to_json
from genai.quality.scores import figures
from genai.seeds import make_rng
from genai.text import data as text_data
from genai.text import training as text_training
from genai.text.recipes.config import TextConfig
from genai.training import history
from genai.training.journal import Journal
from genai.training.run import Run

RUNS = Path("runs/improve")
SEEDS = 4  # rows of pictures that a moment shows, a column for each class
TRAIN_ITEMS = 10_000
TEST_ITEMS = 2_000
SHOWN = {
    "image": ("frechet_over_floor", "diversity", "coverage", "agreement"),
    "text": ("nats_per_character_blocks",),
}
"""The figures that are kept, by modality."""


def train(name: str, folder: Path = RUNS) -> Path:
    """Train a run to its end, or on from where it was stopped; return the path of its checkpoint.

    The processor time is added up in `cost.json`: unlike the time on the clock, it does not depend on what else the
    machine does.
    """
    experiment = in_folder(EXPERIMENTS[name], folder / name)
    begun = time.process_time()
    path = _train(experiment)
    _add_cost(folder / name, (time.process_time() - begun) / 60)
    return path


def _train(experiment: Experiment) -> Path:
    config = experiment.config
    if isinstance(config, TextConfig):
        return text_training.train(config)
    return train_pictures(config, experiment.pictures)


def train_pictures(config: ImageTrainingConfig, count: int | None) -> Path:
    """Train as `genai.image.training` does, on the first pictures only; return the path of the checkpoint.

    Args:
        config: The settings.
        count: Number of pictures; None for all.
    """
    pictures = data.load(config.data, config.size)
    pictures = replace(
        pictures,
        train=pictures.train[:count],
        train_labels=pictures.train_labels[:count],
        train_ids=pictures.train_ids[:count],
    )
    run = Run(config, f"image/{pictures.card.name}", data=data_record(pictures))
    trainer = image_training.make_trainer(config, pictures, run)

    def make_history(journal: Journal) -> History:
        return history.picture_history(journal, config.size, len(pictures.labels))

    batch = partial(image_training.real_batch, pictures, config)
    return gan.train(trainer, pictures, batch, ImageModel, image_training.write_sample, make_history, "dcgan")


def _add_cost(folder: Path, minutes: float) -> None:
    path = folder / "cost.json"
    before = json.loads(path.read_text())["minutes"] if path.exists() else 0.0
    path.write_text(json.dumps({"minutes": before + minutes}))


def write(name: str, folder: Path = RUNS, target: Path = record.FOLDER) -> Path:
    """Measure a run and write its record; return the path of the file."""
    experiment = EXPERIMENTS[name]
    data_set = experiment.config.data
    path = folder / name / experiment.modality / data_set / f"{data_set}{checkpoint.SUFFIX}"
    header = checkpoint.read_header(path)
    if experiment.modality == "image":
        measured = measure_pictures(path)
        files = {"history": picture_strip(Journal(path.parent, {}, writes=False), len(header.classes))}
    else:
        measured = header.metrics
        files = {}
    shown = SHOWN[experiment.modality]
    return record.write(
        name,
        Record(
            modality=experiment.modality,
            settings=header.training["settings"],
            items=count_items(experiment),
            steps=header.training["steps"],
            minutes=round(json.loads((folder / name / "cost.json").read_text())["minutes"], 2),
            machine=header.training["machine"],
            torch=header.training["torch"],
            history=[_without_minutes(entry) for entry in header.history],
            curve={key: values for key, values in header.curve.items() if key != "minutes"},
            figures={key: measured[key] for key in shown},
            files=record.encode(files),
        ),
        target,
    )


def _without_minutes(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the time on the clock of a machine that did other work too."""
    return {key: value for key, value in entry.items() if key != "minutes"}


def count_items(experiment: Experiment) -> int:
    """Return how many pictures or characters a run learnt from."""
    config = experiment.config
    if isinstance(config, TextConfig):
        corpus = text_data.load(config.data)
        return len(corpus.training_text(final=config.final, characters=config.characters))
    return len(data.load(config.data, config.size).train[: experiment.pictures])


def measure_pictures(path: Path) -> dict[str, Any]:
    """Measure a model of pictures by the shipped judges, on fewer items than `genai.image.evaluation` does."""
    model = load_image(path, "cpu")
    assert model.header is not None  # a loaded model has one
    pictures = data.load(model.header.data_set, model.network.config.size)
    rows = torch.randperm(len(pictures.train), generator=make_rng(0, 9))[:TRAIN_ITEMS]
    real = evaluation_set(model, pictures, checkpoint.SHIPPED / "judges", rows, slice(TEST_ITEMS))

    def generate(first: int, classes: Tensor) -> Tensor:
        return draw(model, first, classes)

    return figures_to_json(figures(real, generate))


def picture_strip(journal: Journal, classes: int) -> bytes:
    """Return a WebP picture with a block for each moment, of a column for each class and a row for each seed.

    Args:
        journal: Of the run; its samples are grids with a row for each class, a column for each of ten seeds.
        classes: Their number.
    """
    blocks = [_block(snapshot.path, classes) for snapshot in history.list_snapshots(journal, ".png")]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(blocks)).save(file, "WEBP", quality=history.WEBP_QUALITY, method=6)
    return file.getvalue()


def _block(path: Path, classes: int) -> NDArray[np.uint8]:
    """Return the pictures of the first seeds: (SEEDS x side, classes x side)."""
    with Image.open(path) as grid:
        pixels = np.asarray(grid.convert("L"))
    side = len(pixels) // classes
    tiles = pixels.reshape(classes, side, -1, side)[:, :, :SEEDS]  # (class, y, seed, x)
    return tiles.transpose(2, 1, 0, 3).reshape(SEEDS * side, classes * side)


def write_passage(target: Path = record.FOLDER) -> Path:
    """Write the text that the wrong network and the right one learn from; return the path of the file."""
    passage = text_data.load("shakespeare").train[: wrong.PASSAGE_CHARACTERS]
    target.mkdir(parents=True, exist_ok=True)
    path = target / wrong.PASSAGE.name
    path.write_text(passage, "utf-8")
    return path


@dataclass(frozen=True)
class Options:
    """What to do."""

    action: tyro.conf.Positional[Literal["train", "write"]]
    names: tyro.conf.Positional[tuple[str, ...]] = ()
    """Of runs; left out: all of them."""
    folder: Path = RUNS
    """Where the runs are."""


def main(options: Options) -> None:
    """Train the runs, or write what the page shows of them."""
    for name in options.names or tuple(EXPERIMENTS):
        if options.action == "write":
            print(f"Wrote {write(name, options.folder)}.")
        else:
            print(f"Wrote {train(name, options.folder)}.")
    if options.action == "write":
        print(f"Wrote {write_passage()}.")


if __name__ == "__main__":
    with exit_with_sentence():
        main(tyro.cli(Options, description=str(__doc__)))
