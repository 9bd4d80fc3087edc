"""A GAN's training from the first step to the checkpoint, with samples on the way."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.gan.data import GanData
from genai.gan.losses import GanTrainingConfig
from genai.gan.sampling import D, G
from genai.gan.trainer import GanTrainer, RealBatch
from genai.training import history
from genai.training.journal import Journal

LOG_EVERY = 10  # steps
History = tuple[list[dict[str, Any]], Mapping[str, Tensor]]
"""Moments of a run for the header, and files of them by the names of their tensors."""


def network_settings(config_class: type[Any], config: GanTrainingConfig) -> dict[str, Any]:
    """Return the training's settings that are fields of a network's config too."""
    names = {field.name for field in fields(config_class)} & {field.name for field in fields(config)}
    return {name: getattr(config, name) for name in names}


def run_training(
    trainer: GanTrainer[G, D],
    real_batch: RealBatch,
    count: int,
    write_sample: Callable[[Path, G], None],
    suffix: str,
) -> G:
    """Train to the end of the run or its budget and return the averaged generator.

    Args:
        trainer: Holds both networks.
        real_batch: Draws real items.
        count: Number of real items.
        write_sample: Writes a sample of a generator to a file.
        suffix: Of that file.
    """

    def labels(number: int) -> Tensor:
        return real_batch(number)[1]

    run = trainer.run
    for step in run.steps():
        items, item_labels = real_batch(step)
        numbers = trainer.step(step, items, item_labels)
        if step % LOG_EVERY == 0:
            run.log(**numbers)
        path = run.sample_path(suffix)
        if path:
            write_sample(path, trainer.averaged_generator(labels))
    trainer.match_moments(count, real_batch)
    return trainer.averaged_generator(labels)


def export(
    trainer: GanTrainer[G, D],
    generator: G,
    data: GanData,
    make_history: Callable[[Journal], History],
    *,
    modality: str,
    architecture: str,
    sample_rate: int = 0,
) -> Path:
    """Write the averaged generator and the discriminator as a checkpoint; return its path.

    Args:
        trainer: After the training.
        generator: The averaged one.
        data: The training data.
        make_history: Collects the samples of the run for the header.
        modality: image or audio.
        architecture: Name for the header.
        sample_rate: In Hz; 0 for pictures.
    """
    run = trainer.run
    path = run.journal.folder / f"{data.card.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    moments, samples = make_history(run.journal)
    header = Header(
        modality=modality,
        architecture=architecture,
        config=asdict(generator.config),  # type: ignore[call-overload]  # every generator has a dataclass for it
        **card_fields(data.card),
        classes=list(data.labels.names),
        sample_rate=sample_rate,
        training=run.record(),
        history=moments,
        curve=history.metric_curve(run.journal),
    )
    weights = checkpoint.collect_weights(network=generator, discriminator=trainer.discriminator)
    checkpoint.save(path, header, {**weights, **samples})
    return path
