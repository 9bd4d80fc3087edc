"""Train a DCGAN: python -m genai.image.training fashion."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
import tyro
from torch import Tensor
from torchvision.utils import make_grid

from genai import checkpoint, provenance
from genai.checkpoint.header import Header, card_fields
from genai.gan.trainer import DiscriminatorOutput, GanTrainer, GanTrainingConfig
from genai.image import data
from genai.image.discriminator import Discriminator
from genai.image.discriminator import initialise as initialise_discriminator
from genai.image.model import DCGANConfig, Generator, initialise
from genai.image.sampling import ImageModel, ImageRequest, generate
from genai.seeds import make_rng as dice
from genai.training import history
from genai.training.command_line import train_from_command_line
from genai.training.run import Run

Players = GanTrainer[Generator, Discriminator]


@dataclass(frozen=True)
class TrainingConfig(GanTrainingConfig):
    """Settings of a training on pictures."""

    data: tyro.conf.Positional[str] = "fashion"
    """fashion, characters, calligraphy, or a folder of pictures."""
    size: Literal[32, 64] = 32
    """Height and width in pixels."""
    generator_filters: int = 64
    discriminator_filters: int = 32
    layout: Literal["paper", "paired"] = "paired"
    """Of the discriminator: the paper's, or with a 3x3 convolution before each of its own."""
    normalisation: Literal["batch", "spectral", "none"] = "none"
    """Of the discriminator."""
    flip: bool = False
    """Mirror real pictures at random: right for faces, wrong for letters and shoes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("generator_filters", "discriminator_filters")


def real_batch(
    pictures: data.Pictures, config: TrainingConfig, step: int, rows: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Draw pictures (B, C, S, S) in [-1, 1] and their labels (B,), or take those of some rows (B,)."""
    rng = dice(config.seed, 1, step)
    if rows is None:
        rows = torch.randint(len(pictures.train), (config.batch_size,), generator=rng)
    images = data.to_unit(pictures.train[rows])
    if config.flip:
        mirrored = torch.randint(2, (len(rows),), generator=rng).bool()
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    return images, pictures.train_labels[rows]


def make_game(config: TrainingConfig, pictures: data.Pictures, run: Run) -> Players:
    """Set up the players."""
    names = DCGANConfig.__dataclass_fields__.keys() & TrainingConfig.__dataclass_fields__.keys()
    settings = {name: getattr(config, name) for name in names}
    shape = DCGANConfig(channels=pictures.train.shape[1], classes=len(pictures.labels), **settings)
    generator, discriminator = Generator(shape), Discriminator(shape)
    initialise(generator, dice(config.seed, 0))
    initialise_discriminator(discriminator, dice(config.seed, 0, 1))

    def look(images: Tensor, labels: Tensor, noise: torch.Generator) -> DiscriminatorOutput:
        maps = discriminator.features(images.contiguous(memory_format=torch.channels_last))
        return DiscriminatorOutput([discriminator.score(maps[-1], labels)], maps)

    channels_last = torch.channels_last
    return GanTrainer(
        generator.to(memory_format=channels_last),
        discriminator.to(memory_format=channels_last),
        look,
        config,
        run,
    )


def train(config: TrainingConfig) -> Path:
    """Run a training to its end or its budget; return the path of the checkpoint it wrote."""
    pictures = data.load(config.data, config.size)
    run = Run(config, f"image/{pictures.card.name}")
    game = make_game(config, pictures, run)
    for step in run.steps():
        numbers = game.step(step, *real_batch(pictures, config, step))
        if step % 10 == 0:
            run.log(**numbers)
        if path := run.sample_path(".png"):
            write_sample(path, averaged_model(game, pictures, config))
    game.match_moments(len(pictures.train), lambda number, rows: real_batch(pictures, config, number, rows))
    return export(run, game.discriminator, averaged_model(game, pictures, config), pictures)


def averaged_model(game: Players, pictures: data.Pictures, config: TrainingConfig) -> ImageModel:
    """Return the averaged generator as a model."""
    network = game.averaged(lambda step: real_batch(pictures, config, step)[1])
    return ImageModel(pictures.card.name, network, pictures.labels)


def write_sample(path: Path, model: ImageModel) -> None:
    """Write a wall of pictures, a row for each of up to ten labels, always from the same noise."""
    rows = min(10, len(model.labels) or 10)
    labelled = bool(model.labels)  # a row repeats the seeds of the one above, under another label
    requests = [
        ImageRequest(n // 10 if labelled else None, seed=n % 10 if labelled else n) for n in range(rows * 10)
    ]
    images = torch.stack([result.image for result in generate(model, requests)])
    wall = make_grid(images, nrow=10, padding=0)[: images.shape[1]]
    path.write_bytes(provenance.png(wall, provenance.Label("image", model.name, "", {"training": path.stem})))


def export(run: Run, discriminator: Discriminator, model: ImageModel, pictures: data.Pictures) -> Path:
    """Write generator and discriminator as a checkpoint."""
    path = run.journal.folder / f"{pictures.card.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    moments, strip = history.picture_history(run.journal, model.network.config.size, len(model.labels))
    header = Header(
        modality="image", architecture="dcgan", config=asdict(model.network.config),
        **card_fields(pictures.card), classes=list(pictures.labels.names), training=run.record(), history=moments,
        curve=history.metric_curve(run.journal),
    )  # fmt: skip
    weights = checkpoint.collect_weights(network=model.network, discriminator=discriminator)
    checkpoint.save(path, header, weights | strip)
    return path


if __name__ == "__main__":
    train_from_command_line(TrainingConfig, train, str(__doc__))
