"""How fast networks are trained: steps a second of one setting of each modality, on random data of the right shape.

The precision that a training chooses here is compared with float32 in the same run; for pictures also with the loop
of pytorch/examples' dcgan (https://github.com/pytorch/examples/tree/main/dcgan) on the same networks and batch.
"""

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.audio import data as audio_data
from genai.audio import training as audio_training
from genai.benchmark.timing import seconds
from genai.datasets.card import DataCard
from genai.gan.batch import RealBatch
from genai.gan.trainer import GanTrainer
from genai.image import data as image_data
from genai.image import training as image_training
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import Generator
from genai.labels import Labels
from genai.quality.figures import Figure, Figures
from genai.seeds import make_rng
from genai.text.model import CharLSTM, initialise
from genai.text.recipes.distilling import TrainingText
from genai.text.recipes.lstm import LstmTrainer, TrainingConfig
from genai.text.vocabulary import Vocabulary
from genai.training.run import Run

ITEMS = 512  # of random data
CLASSES = 10
STEPS = 8  # of a round: whole cycles of the penalties, which come every fourth or eighth step
ROUNDS = 3
PROTOCOL = f"steps a second, {STEPS} steps a round, the best of {ROUNDS} rounds, random data"
LETTERS = Vocabulary("\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
CARD = DataCard("random", {"en": "random data", "zh-CN": "随机数据"}, "none", "nobody", "none")
Step = Callable[[int], object]
"""Does the training step of a number, from 0."""
SetUp = Callable[[Mapping[str, Any]], Step]
"""Prepares a training with some settings."""


def measure(device: str | None = None, **settings: Any) -> Figures:  # noqa: ANN401 - of any training
    """Return the steps a second of each modality's training.

    Args:
        device: cpu, cuda, ...; None chooses.
        settings: Of all three trainings, such as `batch_size`.
    """
    settings = {"device": device, **settings}
    return {
        "text: training, steps a second": compare(settings, text_step),
        "image: training, steps a second": compare(settings, image_step, reference_step),
        "audio: training, steps a second": compare(settings, audio_step),
    }


def compare(settings: Mapping[str, Any], ours: SetUp, reference: SetUp | None = None) -> Figure:
    """Time a training in the precision that it chooses here, in float32, and as another program's loop."""
    chosen = steps_per_second(ours, {**settings, "precision": "auto"})
    plain = steps_per_second(ours, {**settings, "precision": "no"})
    beside = {"float32": plain, "times float32": chosen / plain}
    if reference is not None:
        theirs = steps_per_second(reference, {**settings, "precision": "no"})
        beside |= {"pytorch/examples' loop": theirs, "times that": chosen / theirs}
    return Figure(chosen, STEPS * ROUNDS, PROTOCOL, beside)


def steps_per_second(set_up: SetUp, settings: Mapping[str, Any]) -> float:
    """Prepare a training in a folder of its own and time its steps."""
    with tempfile.TemporaryDirectory() as folder:
        step = set_up({**settings, "folder": Path(folder)})

        def work() -> None:
            for number in range(STEPS):
                step(number)
            if torch.accelerator.is_available():
                torch.accelerator.synchronize()

        return STEPS / seconds(work, ROUNDS)


def text_step(settings: Mapping[str, Any]) -> Step:
    """Prepare the training on Shakespeare's alphabet."""
    config = TrainingConfig(**settings)
    run = Run(config, "text")
    tokens = torch.randint(len(LETTERS), (100_000,), generator=make_rng(0))
    network = CharLSTM(config.network_config(len(LETTERS)))
    initialise(network, make_rng(0))
    network.to(run.device)
    trainer = LstmTrainer(network, config, run.accelerator.num_processes)
    return lambda _number: trainer.step(TrainingText(tokens), config, run)


def image_step(settings: Mapping[str, Any]) -> Step:
    """Prepare the training on pictures like those of Fashion-MNIST."""
    trainer, real_batch = _image_training(settings)
    return partial(_gan_step, trainer, real_batch)


def audio_step(settings: Mapping[str, Any]) -> Step:
    """Prepare the training on sounds like the spoken digits."""
    config = audio_training.AudioTrainingConfig(**settings)
    sounds = torch.randint(-30_000, 30_000, (ITEMS, config.samples), generator=make_rng(0)).short()
    clips = audio_data.Clips(**_random_data(sounds), sample_rate=8_000)
    trainer = audio_training.make_trainer(config, clips, Run(config, "audio"))
    return partial(_gan_step, trainer, partial(audio_training.real_batch, clips, config))


def reference_step(settings: Mapping[str, Any]) -> Step:
    """Prepare the loop of pytorch/examples' dcgan with the networks, batch and data of our training.

    It minimises the binary cross-entropy by Adam, the discriminator on a batch of real and one of generated
    pictures, then the generator, in float32 and without penalties.
    """
    trainer, real_batch = _image_training(settings)
    generator = trainer.generator
    discriminator = trainer.discriminator
    real_target = torch.ones(trainer.config.batch_size, device=trainer.run.device)
    fake_target = torch.zeros_like(real_target)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    generator_adam = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))

    def descend(pictures: Tensor, labels: Tensor, target: Tensor) -> None:
        loss = F.binary_cross_entropy_with_logits(discriminator(pictures, labels), target)
        torch.autograd.backward(loss)

    def step(number: int) -> None:
        batch = real_batch(number)
        labels = batch.labels.to(real_target.device)
        discriminator_adam.zero_grad()
        descend(batch.items.to(real_target.device), labels, real_target)
        fake = generator(trainer.latent(number), labels)
        descend(fake.detach(), labels, fake_target)
        discriminator_adam.step()
        generator_adam.zero_grad()
        descend(fake, labels, real_target)
        generator_adam.step()

    return step


def _image_training(settings: Mapping[str, Any]) -> tuple[GanTrainer[Generator, ImageDiscriminator], RealBatch]:
    config = image_training.ImageTrainingConfig(**settings)
    images = torch.randint(256, (ITEMS, 1, config.size, config.size), generator=make_rng(0)).byte()
    pictures = image_data.Pictures(**_random_data(images))
    trainer = image_training.make_trainer(config, pictures, Run(config, "image"))
    return trainer, partial(image_training.real_batch, pictures, config)


def _random_data(items: Tensor) -> dict[str, Any]:
    """Return the fields of `GanData` for random items (N, ...), all of them in the training part."""
    labels = torch.arange(len(items)) % CLASSES
    names = Labels(tuple({"en": str(n), "zh-CN": str(n)} for n in range(CLASSES)))
    return {
        "train": items,
        "train_labels": labels,
        "test": items[:0],
        "test_labels": labels[:0],
        "labels": names,
        "card": CARD,
        "train_ids": [],
    }


def _gan_step(trainer: GanTrainer[Any, Any], real_batch: RealBatch, number: int) -> None:
    trainer.step(number, *real_batch(number))
