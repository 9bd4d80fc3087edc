"""A GAN's training from the first step to the checkpoint, with samples on the way."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.errors import ConfigError
from genai.gan.batch import RealBatch
from genai.gan.data import GanData
from genai.gan.loading import M
from genai.gan.losses import GanTrainingConfig
from genai.gan.sampling import D, G
from genai.gan.trainer import GanTrainer
from genai.gan.warm_start import CLASSIFIER
from genai.quality.attributes import NOTHING_KNOWN, KnownAttributes
from genai.training import history
from genai.training.data_record import DataRecord
from genai.training.journal import Journal

History = tuple[list[dict[str, Any]], Mapping[str, Tensor]]
"""Moments of a run for the header, and files of them by the names of their tensors."""


def network_settings(config_class: type[Any], config: GanTrainingConfig) -> dict[str, Any]:
    """Return the training's settings that are fields of a network's config too."""
    names = {field.name for field in fields(config_class)} & {field.name for field in fields(config)}
    return {name: getattr(config, name) for name in names}


def has_classifier(config: GanTrainingConfig, data: GanData) -> bool:
    """Whether the discriminator gets a classifier.

    Raises:
        ConfigError: if the config asks for one, and the data has no classes.
    """
    if config.classification and not data.labels:
        raise ConfigError(
            "--classification {value} is not possible: {data} has no classes. Leave it out, or give a data set "
            "with classes.",
            value=config.classification,
            data=data.card.name,
        )
    return bool(config.classification)


def attributes_to_match(config: GanTrainingConfig, data: GanData) -> KnownAttributes:
    """Return the attributes whose shares a training matches; none if it matches none.

    Raises:
        ConfigError: if the config asks for it, and the data has no attributes.
    """
    if not config.attribute_matching:
        return NOTHING_KNOWN
    if not data.known.attributes:
        raise ConfigError(
            "--attribute-matching {value} is not possible: no attributes of {data} are known. Leave it out, or "
            "train characters.",
            value=config.attribute_matching,
            data=data.card.name,
        )
    return data.known


def data_record(data: GanData) -> DataRecord:
    """Say what a saved state is to know of pictures or sounds."""
    names = [name["en"] for name in data.labels.names]
    shape = " x ".join(str(size) for size in data.train.shape[1:])
    return DataRecord(
        data.fingerprint,
        {"classes": names, "training items": len(data.train), "shape of an item": shape},
        old_sha256=data.content_sha256 if data.loaded_sha256 else "",
    )


def train(
    trainer: GanTrainer[G, D],
    data: GanData,
    real_batch: RealBatch,
    model_class: type[M],
    write_sample: Callable[[Path, M], None],
    make_history: Callable[[Journal], History],
    architecture: str,
) -> Path:
    """Train to the end of the run or its budget; return the path of the checkpoint.

    Args:
        trainer: Holds both networks.
        data: The training data.
        real_batch: Draws real items.
        model_class: ImageModel or AudioModel.
        write_sample: Writes a sample of a model to a file.
        make_history: Collects the samples of the run for the header.
        architecture: Name for the header.
    """

    def labels(number: int) -> Tensor:
        return real_batch(number).labels

    def averaged_model() -> M:
        network = trainer.averaged_generator(labels)
        return model_class(data.card.name, network, data.labels, sample_rate=data.sample_rate)

    def write(path: Path) -> None:
        write_sample(path, averaged_model())

    def keep(path: Path) -> None:
        save(path, trainer, averaged_model(), data, architecture)

    run = trainer.run
    for step in run.steps():
        numbers = trainer.step(step, *real_batch(step))
        if step % run.config.log_every == 0:
            run.log(**numbers)
        run.write_sample(model_class.suffix, write, keep)
    run.write_last_sample(model_class.suffix, write, keep)
    trainer.match_moments(len(data.train), real_batch)
    return export(trainer, averaged_model(), data, make_history, architecture)


def export(
    trainer: GanTrainer[G, D],
    model: M,
    data: GanData,
    make_history: Callable[[Journal], History],
    architecture: str,
) -> Path:
    """Write the averaged generator and the discriminator as a checkpoint; return its path.

    Args:
        trainer: After the training.
        model: With the averaged generator.
        data: The training data.
        make_history: As of `train`.
        architecture: Name for the header.
    """
    run = trainer.run
    path = run.journal.folder / f"{data.card.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    save(path, trainer, model, data, architecture, make_history)
    return path


def save(
    path: Path,
    trainer: GanTrainer[G, D],
    model: M,
    data: GanData,
    architecture: str,
    make_history: Callable[[Journal], History] | None = None,
) -> None:
    """Write the averaged generator and the discriminator of now as a checkpoint.

    Args:
        path: Of the file.
        trainer: Holds both networks.
        model: With the averaged generator.
        data: The training data.
        architecture: Name for the header.
        make_history: As of `train`; None leaves history and curve out.
    """
    run = trainer.run
    moments, samples = make_history(run.journal) if make_history else ([], {})
    # Only a training reads the classifiers, and one that starts from the file soon learns them anew.
    config = replace(model.network.config, classifier=False)
    weights = checkpoint.collect_weights(network=model.network, discriminator=trainer.discriminator)
    kept = {name: weight for name, weight in weights.items() if not name.endswith(CLASSIFIER)}
    header = Header(
        modality=model.modality,
        architecture=architecture,
        config=asdict(config),  # every generator has a dataclass for it
        **card_fields(data.card),
        classes=list(data.labels.names),
        class_shares=data.class_shares,
        variants=list(data.labels.variants),
        variant_shares=[list(shares) for shares in data.labels.variant_shares],
        sample_rate=model.sample_rate,
        training=run.record(),
        history=moments,
        curve=history.metric_curve(run.journal) if make_history else {},
    )
    checkpoint.save(path, header, {**kept, **samples})
