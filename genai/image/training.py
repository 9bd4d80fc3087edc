"""Train a DCGAN: python -m genai.image.training fashion."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import torch
import tyro
from torch import Tensor

from genai import provenance
from genai.errors import ConfigError, quoted
from genai.gan import training as gan
from genai.gan.attribute_matching import attribute_loss, shares_by_condition
from genai.gan.batch import Batch
from genai.gan.discriminator import DiscriminatorOutput
from genai.gan.losses import GanTrainingConfig, augmentation_strength
from genai.gan.trainer import ChosenAttribute, GanTrainer
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

FIRST_PICTURES, FIRST_STEPS = 4096, 200
"""Of `learn_names`: a step over all of the pictures takes milliseconds."""


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
    attribute_from_z: str = ""
    """Name of the attribute, such as "Hair colour", whose value the first number of z chooses, as often as the data
    has it; the discriminator is told it. Left out: none, or that of `start_from`."""
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
    told = None
    if attributes is not None and config.attribute_from_z:
        told = attributes[:, attribute_column(config, pictures)]
    return Batch(images, pictures.train_conditions[rows], attributes, told)


def attribute_column(config: ImageTrainingConfig, pictures: data.Pictures) -> int:
    """Return the number of the attribute that z chooses.

    Raises:
        ConfigError: if the data has no such attribute.
    """
    names = [attribute.name["en"] for attribute in pictures.known.attributes]
    if config.attribute_from_z not in names:
        raise ConfigError(
            "--attribute-from-z {value} is not possible: {data} has no such attribute. It has: {known}.",
            value=quoted(config.attribute_from_z),
            data=pictures.card.name,
            known=", ".join(names) or "none",
        )
    return names.index(config.attribute_from_z)


def count_values(config: ImageTrainingConfig, pictures: data.Pictures) -> int:
    """Return how many values the attribute has that z chooses; 0 without one.

    Other pictures than those of a checkpoint have other attributes, but networks that start from it keep its shape.

    Raises:
        ConfigError: as `attribute_column`.
    """
    if config.attribute_from_z:
        return pictures.known.sizes[attribute_column(config, pictures)]
    start = read_start(config.start_from, "image")
    return start.config.get("attribute_values", 0) if start else 0


def set_shares(
    generator: Generator, discriminator: ImageDiscriminator, pictures: data.Pictures, column: int
) -> None:
    """Let both networks know how often the pictures have each value of an attribute.

    Args:
        generator: Chooses the values.
        discriminator: Takes their mean where it is told none.
        pictures: The training data.
        column: Number of the attribute.
    """
    values = pictures.known.train[:, [column]]
    size = pictures.known.sizes[column]
    [of_condition] = shares_by_condition(pictures.train_conditions, values, [size])
    generator.set_attribute_shares(of_condition)
    discriminator.set_attribute_shares(torch.bincount(values[:, 0], minlength=size) / len(values))


def make_trainer(
    config: ImageTrainingConfig, pictures: data.Pictures, run: Run
) -> GanTrainer[Generator, ImageDiscriminator]:
    """Build and initialise both networks."""
    settings = network_settings(DCGANConfig, config)
    shape = DCGANConfig(
        channels=pictures.train.shape[1],
        classes=len(pictures.labels),
        variants=len(pictures.labels.variants),
        attribute_values=count_values(config, pictures),
        classifier=has_classifier(config, pictures),
        **settings,
    )
    generator = Generator(shape)
    initialise(generator, make_rng(config.seed, 0))
    matched = attributes_to_match(config, pictures)
    discriminator = ImageDiscriminator(shape, matched.sizes)
    initialise_discriminator(discriminator, make_rng(config.seed, 0, 1))
    load_start(config.start_from, "image", generator, discriminator)
    chosen = None
    if config.attribute_from_z:
        column = attribute_column(config, pictures)
        set_shares(generator, discriminator, pictures, column)
        chosen = ChosenAttribute(column, generator.choose_attribute)

    def discriminate(
        images: Tensor, labels: Tensor, noise: torch.Generator, told: Tensor | None = None
    ) -> DiscriminatorOutput:
        strength = augmentation_strength(trainer.config, run.progress)
        changed = augment(images, config.augmentations, strength, noise)
        return discriminator.outputs(changed.contiguous(memory_format=torch.channels_last), labels, noise, told)

    generator.to(memory_format=torch.channels_last)
    discriminator.to(memory_format=torch.channels_last)
    shares = shares_by_condition(pictures.train_conditions, matched.train, matched.sizes)
    trainer = GanTrainer(generator, discriminator, discriminate, config, run, shares, chosen=chosen)
    if config.start_from and matched.attributes and run.step == 0:  # a resumed run has learnt them
        learn_names(discriminator, pictures, make_rng(config.seed, 7))
    return trainer


def learn_names(discriminator: ImageDiscriminator, pictures: data.Pictures, rng: torch.Generator) -> None:
    """Let a discriminator that comes from a file name the attributes, before it plays.

    Files have no classifier. Until a new one has learnt, what the generator is asked for would be noise. On the
    features that the network has already, some hundred steps are enough.

    Args:
        discriminator: Its classifier of attributes is trained, all else stays as it is.
        pictures: The training data.
        rng: Draws the pictures.
    """
    rows = pictures.draw_rows(FIRST_PICTURES, rng)
    classifier = discriminator.attribute_classifier
    device = classifier.weight.device
    images = data.to_unit(pictures.train[rows]).to(device)
    values = pictures.known.train[rows].to(device)
    with torch.no_grad():
        last_maps = [discriminator.features(part)[-1] for part in torch.split(images, 64)]
        features = torch.cat(last_maps).mean(dim=(2, 3))
    optimiser = torch.optim.Adam(classifier.parameters(), lr=0.01)
    for _ in range(FIRST_STEPS):
        logits = torch.split(classifier(features), discriminator.attributes, dim=1)
        optimiser.zero_grad()
        torch.autograd.backward(attribute_loss(logits, values))
        optimiser.step()


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
