"""Train a DCGAN: python -m genai.image.training fashion."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import torch
import tyro
from torch import Tensor

from genai import provenance
from genai.gan import training as gan
from genai.gan.attribute_matching import shares_by_condition
from genai.gan.batch import Batch
from genai.gan.discriminator import DiscriminatorOutput
from genai.gan.losses import GanTrainingConfig, augmentation_strength
from genai.gan.trainer import GanTrainer
from genai.gan.training import History, attributes_to_match, data_record, has_classifier, network_settings
from genai.gan.warm_start import describe_start, load_start, read_start, with_classes_of
from genai.image import data, load
from genai.image.augmentation import Augmentation, augment
from genai.image.discriminator import ImageDiscriminator
from genai.image.discriminator import initialise as initialise_discriminator
from genai.image.encoding import tile
from genai.image.model import DCGANConfig, Generator, initialise
from genai.image.sampling import ImageModel, ImageRequest, generate
from genai.seeds import make_rng
from genai.training import history
from genai.training.command_line import train_from_command_line
from genai.training.controls import Controls
from genai.training.journal import Journal
from genai.training.run import Run


@dataclass(frozen=True)
class ImageTrainingConfig(GanTrainingConfig):
    """Settings of a training on pictures."""

    data: tyro.conf.Positional[str] = "fashion"
    """fashion, characters, calligraphy, or a folder of pictures."""
    size: Literal[32, 64] = 32
    """Height and width in pixels."""
    generator_filters: int = 64
    """Feature maps before the generator's last layer; each earlier layer has twice as many."""
    discriminator_filters: int = 32
    """Feature maps after the discriminator's first layer; each halving of the picture doubles them."""
    layout: Literal["paper", "paired"] = "paired"
    """Of the discriminator: the paper's, or with a 3x3 convolution before each of the paper's."""
    normalisation: Literal["batch", "spectral", "none"] = "none"
    """Of the discriminator."""
    flip: bool = False
    """Mirror real pictures at random: right for faces, wrong for letters and shoes."""
    augmentations: tuple[Augmentation, ...] = ("translation",)
    """The changes that `augment` is the strength of: also colour, for photographs, and cutout, for few pictures."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("generator_filters", "discriminator_filters")


def real_batch(
    pictures: data.Pictures, config: ImageTrainingConfig, number: int, rows: Tensor | None = None
) -> Batch:
    """Draw pictures (B, C, S, S) in [-1, 1], with conditions (B,), or take those of some rows (B,)."""
    rng = make_rng(config.seed, 1, number)
    if rows is None:
        rows = pictures.draw_rows(config.batch_size, rng)
    images = data.to_unit(pictures.train[rows])
    if config.flip:
        mirrored = torch.randint(2, (len(rows),), generator=rng).bool()
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    attributes = pictures.known.train[rows] if pictures.known.attributes else None
    return Batch(images, pictures.train_conditions[rows], attributes)


def make_trainer(
    config: ImageTrainingConfig, pictures: data.Pictures, run: Run
) -> GanTrainer[Generator, ImageDiscriminator]:
    """Build and initialise both networks."""
    settings = network_settings(DCGANConfig, config)
    shape = DCGANConfig(
        channels=pictures.train.shape[1],
        classes=len(pictures.labels),
        variants=len(pictures.labels.variants),
        classifier=has_classifier(config, pictures),
        **settings,
    )
    generator = Generator(shape)
    initialise(generator, make_rng(config.seed, 0))
    matched = attributes_to_match(config, pictures)
    discriminator = ImageDiscriminator(shape, matched.sizes)
    initialise_discriminator(discriminator, make_rng(config.seed, 0, 1))
    load_start(config.start_from, "image", generator, discriminator)

    def discriminate(images: Tensor, labels: Tensor, noise: torch.Generator) -> DiscriminatorOutput:
        strength = augmentation_strength(trainer.config, run.progress)
        changed = augment(images, config.augmentations, strength, noise)
        return discriminator.outputs(changed.contiguous(memory_format=torch.channels_last), labels)

    generator.to(memory_format=torch.channels_last)
    discriminator.to(memory_format=torch.channels_last)
    shares = shares_by_condition(pictures.train_conditions, matched.train, matched.sizes)
    trainer = GanTrainer(generator, discriminator, discriminate, config, run, shares)
    return trainer


def train(config: ImageTrainingConfig, controls: Controls | None = None) -> Path:
    """Train to the end of the run or its budget; return the path of the checkpoint.

    Args:
        config: The settings.
        controls: Who steers the run while it runs.
    """
    pictures = data.load(config.data, config.size)
    start = read_start(config.start_from, "image")
    if start:
        pictures = data.with_channels(with_classes_of(pictures, start), start.config["channels"])
    name = f"image/{pictures.card.name}"
    run = Run(config, name, describe_start(config, load), data_record(pictures), controls)
    trainer = make_trainer(config, pictures, run)

    def make_history(journal: Journal) -> History:
        return history.picture_history(journal, config.size, len(pictures.labels))

    batch = partial(real_batch, pictures, config)
    return gan.train(trainer, pictures, batch, ImageModel, write_sample, make_history, "dcgan")


def sample_requests(model: ImageModel) -> list[ImageRequest]:
    """Return the requests of a sample, by rows of ten: a row for each of up to ten labels, of the same noise."""
    if not model.labels:
        return [ImageRequest(None, seed=seed) for seed in range(100)]
    rows = min(10, len(model.labels))  # every row has the same seeds
    return [ImageRequest(row, seed=column) for row in range(rows) for column in range(10)]


def write_sample(path: Path, model: ImageModel) -> None:
    """Write a grid of pictures, a row for each of up to ten labels."""
    images = torch.stack([result.image for result in generate(model, sample_requests(model))])
    label = provenance.Label("image", model.name, "", {"training": path.stem})
    path.write_bytes(provenance.png(tile(images, columns=10), label))


if __name__ == "__main__":
    train_from_command_line(ImageTrainingConfig, train, str(__doc__))
