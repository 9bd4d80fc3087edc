"""Training a DCGAN: batches, steps, resuming a run, and the checkpoint."""

import copy
import dataclasses
import itertools
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from genai import checkpoint, image
from genai.checkpoint import parameters
from genai.errors import ConfigError
from genai.gan.attribute_matching import attribute_loss, attribute_matching_loss
from genai.gan.feature_matching import channel_means, feature_matching_loss
from genai.gan.losses import augmentation_strength, generator_loss
from genai.image import data
from genai.image.model import DCGANConfig, Generator, initialise
from genai.image.training import ImageTrainingConfig, make_trainer, real_batch, train, write_sample
from genai.labels import Attribute, Labels
from genai.quality.attributes import KnownAttributes
from genai.seeds import make_rng
from genai.training.run import Run

ROOT = Path(__file__).resolve().parents[2]
TINY = {"generator_filters": 4, "discriminator_filters": 4, "batch_size": 8, "device": "cpu", "precision": "no"}
KINDS = [
    {},
    {"feature_matching": 1.0, "classification": 0.5},
    {"loss": "hinge", "normalisation": "spectral", "r1": 0.0, "r2": 0.0},
    {"loss": "logistic", "normalisation": "batch", "layout": "paper", "r1": 0.0, "r2": 0.0, "beta1": 0.5},
    {"loss": "wasserstein", "gradient_penalty": 10.0, "r1": 0.0, "r2": 0.0, "discriminator_steps": 2},
    {"loss": "logistic", "r2": 0.0, "penalty_every": 2, "clip": 1.0},
    {"augment": 1.0, "augmentations": ("colour", "translation", "cutout")},
]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of two classes: bright discs and dark squares."""
    folder = tmp_path_factory.mktemp("pictures") / "shapes"
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32]
    for n in range(40):
        cx, cy, r = rng.integers(12, 20), rng.integers(12, 20), rng.integers(5, 10)
        disc = np.where((x - cx) ** 2 + (y - cy) ** 2 < r**2, 230, 20).astype(np.uint8)
        square = np.where((abs(x - cx) < r) & (abs(y - cy) < r), 20, 230).astype(np.uint8)
        for name, pixels in (("disc", disc), ("square", square)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / name / f"{n}.png")
    return str(folder)


def _state(folder):
    return torch.load(next(folder.rglob("state.pt")), weights_only=True)


def assert_follows_gradient(network, before, share):
    """Adam's first step has the sign of the gradient: check it where that is above a share of its largest value.

    Args:
        network: After the step.
        before: The same before it, with gradients.
        share: Below, rounding may turn a sign.
    """
    for old, new in zip(before.parameters(), network.parameters(), strict=True):
        sure = old.grad.abs() > share * old.grad.abs().max()
        assert sure.any()
        assert torch.equal((new - old)[sure].sign(), -old.grad[sure].sign())


def test_batches_are_drawn_by_step_and_flipped_if_wanted(pictures):
    loaded = data.load(pictures, 32)
    plain, mirrored = (ImageTrainingConfig(**TINY, flip=flip) for flip in (False, True))
    images, labels, *_ = real_batch(loaded, plain, 3)
    assert images.shape == (8, 1, 32, 32)
    assert (images.min(), images.max()) == (pytest.approx(20 / 127.5 - 1), pytest.approx(230 / 127.5 - 1))
    assert torch.equal(images, real_batch(loaded, plain, 3)[0])
    assert not torch.equal(images, real_batch(loaded, plain, 4)[0])
    some = real_batch(loaded, plain, 3, torch.tensor([3, 0]))
    torch.testing.assert_close(some[:2], (data.to_unit(loaded.train[[3, 0]]), loaded.train_labels[[3, 0]]))
    flipped, same_labels, *_ = real_batch(loaded, mirrored, 3)
    assert torch.equal(labels, same_labels)
    turned = [torch.equal(a, b.flip(2)) for a, b in zip(images, flipped, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(images, flipped, strict=True)]
    assert all(t or k for t, k in zip(turned, kept, strict=True))
    assert any(not k for k in kept)


def test_beta2_moves_along_half_a_cosine(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, data=pictures, steps=4, folder=tmp_path, beta2_start=0.9, beta2=0.99)
    loaded, run = data.load(pictures, 32), Run(config, "x")
    trainer = make_trainer(config, loaded, run)
    values = []
    for step in run.steps():
        trainer.step(step, *real_batch(loaded, config, step))
        values += [group["betas"][1] for group in trainer.discriminator_optimiser.param_groups]
    assert values == pytest.approx([0.99 - 0.045 * (1 + np.cos(np.pi * done)) for done in (0, 0.25, 0.5, 0.75)])


@pytest.mark.parametrize("strength", [-0.1, 1.5, float("nan")])
def test_a_strength_of_augmentation_out_of_range_is_refused(strength):
    with pytest.raises(ConfigError, match="--augment"):
        ImageTrainingConfig(augment=strength)


def test_augmentation_begins_at_nothing_and_ends_at_its_strength():
    config = ImageTrainingConfig(augment=0.4)
    assert [augmentation_strength(config, progress) for progress in (0, 0.5, 1)] == pytest.approx([0, 0.2, 0.4])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())) or "default")
def test_a_step_with_each_kind_of_settings_gives_finite_numbers(tmp_path, pictures, kind):
    config = ImageTrainingConfig(**{**TINY, **kind}, data=pictures, steps=4, folder=tmp_path)
    loaded, run = data.load(pictures, 32), Run(config, "x")
    trainer = make_trainer(config, loaded, run)
    before = {n: p.clone() for n, p in trainer.generator.named_parameters()}
    for step in range(3):
        numbers = trainer.step(step, *real_batch(loaded, config, step))
        assert all(torch.isfinite(value) for value in numbers.values()), numbers
    assert any(not torch.equal(p, before[n]) for n, p in trainer.generator.named_parameters())
    assert all(p.isfinite().all() for p in (*trainer.generator.parameters(), *trainer.discriminator.parameters()))
    assert all(p.requires_grad for p in trainer.discriminator.parameters())


def test_the_generator_is_updated_every_so_many_steps(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, discriminator_steps=3, folder=tmp_path)
    loaded, run = data.load(pictures, 32), Run(config, "x")
    trainer = make_trainer(config, loaded, run)
    moved = ["generator" in trainer.step(step, *real_batch(loaded, config, step)) for step in range(6)]
    assert moved == [True, False, False, True, False, False]


def test_with_feature_matching_the_generator_follows_the_gradient_of_the_distance_of_mean_features(
    tmp_path, pictures
):
    config = ImageTrainingConfig(**TINY, feature_matching=1e6, folder=tmp_path)  # so much that nothing else counts
    loaded = data.load(pictures, 32)
    trainer = make_trainer(config, loaded, Run(config, "x"))
    real, labels, *_ = real_batch(loaded, config, 0)
    before = copy.deepcopy(trainer.generator)
    numbers = trainer.step(0, real, labels)
    fake_output = trainer.discriminate(before(trainer.latent(0), labels), labels, None)
    real_output = trainer.discriminate(real, labels, None)
    distance = feature_matching_loss(
        channel_means(real_output.all_maps), channel_means(fake_output.all_maps), labels
    )
    distance.backward()
    torch.testing.assert_close(numbers["matching"], distance.detach())
    torch.testing.assert_close(
        numbers["generator"], generator_loss(config.loss, real_output.logits, fake_output.logits).detach()
    )
    assert_follows_gradient(trainer.generator, before, 1e-3)


def test_feature_matching_compares_all_items_of_a_class_whatever_their_variants(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, feature_matching=1.0, folder=tmp_path)
    loaded = data.load(pictures, 32)
    variants = torch.arange(len(loaded.train)) % 40  # each once in a class
    names = tuple({"en": str(n), "zh-CN": str(n)} for n in range(40))
    loaded = dataclasses.replace(
        loaded, labels=dataclasses.replace(loaded.labels, variants=names), train_variants=variants
    )
    trainer = make_trainer(config, loaded, Run(config, "x"))
    real, conditions, *_ = real_batch(loaded, config, 0)
    assert len(conditions.unique()) > 2
    fake = copy.deepcopy(trainer.generator)(trainer.latent(0), conditions)
    trainer.discriminator_optimiser.step = lambda: None  # the generator then meets the discriminator of before
    means = [channel_means(trainer.discriminate(items, conditions, None).all_maps) for items in (real, fake)]
    expected = feature_matching_loss(*means, conditions // 40)
    assert expected > 0
    torch.testing.assert_close(trainer.step(0, real, conditions)["matching"], expected.detach())


def test_with_classification_the_generator_follows_the_gradient_of_the_cross_entropy(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, classification=1e6, folder=tmp_path)  # so much that nothing else counts
    loaded = data.load(pictures, 32)
    trainer = make_trainer(config, loaded, Run(config, "x"))
    with torch.no_grad():
        trainer.discriminator.classifier.weight.normal_(generator=make_rng(1))
    trainer.discriminator_optimiser.step = lambda: None  # the generator then meets the discriminator of before
    real, labels, *_ = real_batch(loaded, config, 0)
    before = copy.deepcopy(trainer.generator)
    numbers = trainer.step(0, real, labels)
    output = trainer.discriminator.outputs(before(trainer.latent(0), labels), labels)
    entropy = -output.log_likelihoods[0].mean()
    entropy.backward()
    torch.testing.assert_close(numbers["misclassification"], entropy.detach())
    assert_follows_gradient(trainer.generator, before, 1e-3)


def test_the_discriminator_learns_to_name_the_class(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, classification=1.0, learning_rate=0.01, folder=tmp_path)
    loaded = data.load(pictures, 32)
    trainer = make_trainer(config, loaded, Run(config, "x"))
    batches = (real_batch(loaded, config, step) for step in range(40))
    entropies = [trainer.step(step, *batch)["classification"].item() for step, batch in enumerate(batches)]
    assert entropies[0] == pytest.approx(math.log(2))
    assert sum(entropies[-5:]) / 5 < 0.35


def test_a_checkpoint_has_no_classifier_and_a_training_goes_on_from_it_with_a_new_one(tmp_path, pictures):
    settings = {**TINY, "data": pictures, "classification": 1.0}
    path = train(ImageTrainingConfig(**settings, steps=3, folder=tmp_path / "first"))
    assert not checkpoint.read_header(path).config["classifier"]
    loaded = image.load(path, device="cpu")
    assert not any("classifier" in name for name in loaded.discriminator.state_dict())
    again = ImageTrainingConfig(**settings, start_from=path, folder=tmp_path / "second")
    trainer = make_trainer(again, data.load(pictures, 32), Run(again, "x"))
    assert trainer.discriminator.classifier.weight.abs().max() == 0
    head = "head.weight"
    torch.testing.assert_close(trainer.discriminator.state_dict()[head], loaded.discriminator.state_dict()[head])


def test_without_classes_there_is_nothing_to_classify(tmp_path, pictures):
    loaded = dataclasses.replace(data.load(pictures, 32), labels=Labels(()))
    config = ImageTrainingConfig(**TINY, classification=1.0, folder=tmp_path)
    with pytest.raises(ConfigError, match=r"--classification 1\.0 is not possible: shapes has no classes"):
        make_trainer(config, loaded, Run(config, "x"))


COLOUR = Attribute({"en": "Colour", "zh-CN": "颜色"}, Labels(tuple({"en": n, "zh-CN": n} for n in "abc")))


def _with_colours(loaded):
    """Add an attribute of three values, of which the items of a class have two."""
    colours = (loaded.train_labels + torch.arange(len(loaded.train)) % 2)[:, None]
    known = KnownAttributes((COLOUR,), colours, loaded.test_labels[:, None])
    return dataclasses.replace(loaded, known=known)


def test_with_attribute_matching_the_generator_follows_the_gradient_of_the_assigned_values(tmp_path, pictures):
    config = ImageTrainingConfig(
        **TINY, attribute_matching=1e6, folder=tmp_path
    )  # so much that nothing else counts
    loaded = _with_colours(data.load(pictures, 32))
    trainer = make_trainer(config, loaded, Run(config, "x"))
    with torch.no_grad():
        trainer.discriminator.attribute_classifier.weight.normal_(generator=make_rng(1))
    trainer.discriminator_optimiser.step = lambda: None  # the generator then meets the discriminator of before
    real, labels, colours, _ = real_batch(loaded, config, 0)
    before = copy.deepcopy(trainer.generator)
    numbers = trainer.step(0, real, labels, colours)
    output = trainer.discriminator.outputs(before(trainer.latent(0), labels), labels)
    shares = torch.tensor([[0.5, 0.5, 0], [0, 0.5, 0.5]])[labels]
    loss, distance = attribute_matching_loss(output.attributes, [shares])
    loss.backward()
    torch.testing.assert_close(numbers["shares"], distance, atol=0.05, rtol=0)  # a class may be halved unevenly
    assert_follows_gradient(trainer.generator, before, 0.1)


def test_the_discriminator_learns_to_name_an_attribute(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, attribute_matching=1.0, learning_rate=0.003, folder=tmp_path)
    loaded = _with_colours(data.load(pictures, 32))
    trainer = make_trainer(config, loaded, Run(config, "x"))
    batches = (real_batch(loaded, config, step) for step in range(80))
    entropies = [trainer.step(step, *batch)["attributes"].item() for step, batch in enumerate(batches)]
    assert entropies[0] == pytest.approx(math.log(3))
    assert sum(entropies[-20:]) / 20 < 0.9  # to know the class leaves two colours: log 2 = .69


def test_a_checkpoint_of_a_training_with_attributes_is_like_any_other(tmp_path, pictures, monkeypatch):
    loaded = _with_colours(data.load(pictures, 32))
    monkeypatch.setattr("genai.image.data.load", lambda name, size: loaded)
    config = ImageTrainingConfig(**TINY, data=pictures, attribute_matching=1.0, steps=2, folder=tmp_path / "first")
    path = train(config)
    model = image.load(path, device="cpu")
    assert not any("classifier" in name for name in model.discriminator.state_dict())
    again = dataclasses.replace(config, start_from=path, folder=tmp_path / "second")
    trainer = make_trainer(again, loaded, Run(again, "x"))
    named = trainer.discriminator.outputs(data.to_unit(loaded.train), loaded.train_conditions).attributes
    assert attribute_loss(named, loaded.known.train) < 0.9 * math.log(3)  # it learns to name them before it plays


def test_z_chooses_the_attribute_and_both_networks_are_told(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, attribute_from_z="Colour", attribute_matching=1.0, folder=tmp_path)
    loaded = _with_colours(data.load(pictures, 32))
    trainer = make_trainer(config, loaded, Run(config, "x"))
    batch = real_batch(loaded, config, 0)
    assert batch.told.tolist() == batch.attributes[:, 0].tolist()
    shares = torch.tensor([[0.5, 0.5, 0], [0, 0.5, 0.5]])
    torch.testing.assert_close(trainer.generator.attribute_bounds, shares.cumsum(dim=1), atol=0.03, rtol=0)
    torch.testing.assert_close(
        trainer.discriminator.attribute_shares, torch.tensor([0.25, 0.5, 0.25]), atol=0.03, rtol=0
    )
    told = []
    outputs = trainer.discriminator.outputs
    trainer.discriminator.outputs = lambda *parts: (told.append(parts[3]), outputs(*parts))[1]
    numbers = trainer.step(0, *batch)
    chosen = trainer.generator.choose_attribute(trainer.latent(0), batch.labels)
    # The discriminator's step, then the generator's: real and generated items, generated and real ones.
    for values, expected in zip(told, (batch.told, chosen, chosen, batch.told), strict=True):
        assert values.tolist() == expected.tolist()
    assert numbers["chosen"].item() == pytest.approx(math.log(3), abs=0.02)


def test_the_checkpoint_of_such_a_training_is_one_to_go_on_from(tmp_path, pictures, monkeypatch):
    loaded = _with_colours(data.load(pictures, 32))
    monkeypatch.setattr("genai.image.data.load", lambda name, size: loaded)
    plain = train(ImageTrainingConfig(**TINY, data=pictures, steps=2, folder=tmp_path / "plain"))
    settings = {**TINY, "data": pictures, "attribute_matching": 1.0, "attribute_from_z": "Colour", "steps": 2}
    config = ImageTrainingConfig(**settings, start_from=plain, folder=tmp_path / "told")
    trainer = make_trainer(config, loaded, Run(config, "x"))
    before = image.load(plain, device="cpu")
    z, conditions = torch.randn(6, 100, generator=make_rng(8)), torch.tensor([0, 1] * 3)
    trainer.generator.eval()
    torch.testing.assert_close(trainer.generator(z, conditions), before.network(z, conditions), atol=1e-3, rtol=0)
    path = train(config)
    model = image.load(path, device="cpu")
    assert model.network.config.attribute_values == 3
    assert model.network.choose_attribute(z, conditions).max() <= 2
    counted = parameters.count_parameters(path, "image")["network"]
    assert counted == sum(parameter.numel() for parameter in trainer.generator.parameters())
    # Pictures of one's own have other attributes, or none: the shape stays, and the shares are those of the file.
    own = dataclasses.replace(loaded, known=KnownAttributes())
    again = ImageTrainingConfig(**TINY, data=pictures, start_from=path, folder=tmp_path / "own")
    trainer = make_trainer(again, own, Run(again, "y"))
    torch.testing.assert_close(trainer.generator.attribute_bounds, model.network.attribute_bounds)
    trainer.step(0, *real_batch(own, again, 0))
    # A run that is resumed has learnt the names already.
    learnt = []
    monkeypatch.setattr("genai.image.training.learn_names", lambda *_: learnt.append(1))
    train(dataclasses.replace(config, steps=3))
    assert learnt == []


def test_an_attribute_that_the_data_lacks_is_refused(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, attribute_from_z="Hats", folder=tmp_path)
    with pytest.raises(ConfigError, match=r"'Hats' is not possible: shapes has no such attribute\. It has: none"):
        make_trainer(config, data.load(pictures, 32), Run(config, "x"))


def test_without_known_attributes_there_are_none_to_match(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, attribute_matching=1.0, folder=tmp_path)
    with pytest.raises(
        ConfigError, match=r"--attribute-matching 1\.0 is not possible: no attributes of shapes are"
    ):
        make_trainer(config, data.load(pictures, 32), Run(config, "x"))


def test_moment_matching_trains_the_averaged_generator_and_leaves_the_saved_run(tmp_path, pictures, monkeypatch):
    monkeypatch.setattr("genai.gan.moment_matching.LEARNING_RATE", 1e-3)
    monkeypatch.setattr("genai.gan.trainer.MOMENT_ITEMS", 10)
    settings = {**TINY, "data": pictures, "steps": 3}
    plain = image.load(train(ImageTrainingConfig(**settings, folder=tmp_path / "plain")), device="cpu")
    config = ImageTrainingConfig(**settings, folder=tmp_path / "finished", finishing_steps=4)
    path = train(config)
    finished = image.load(path, device="cpu")
    saved = (_state(tmp_path / name)["parts"] for name in ("plain", "finished"))
    torch.testing.assert_close(*saved, rtol=0, atol=0)
    (before,), (after,) = (image.generate(model, [image.ImageRequest()]) for model in (plain, finished))
    assert not torch.equal(before.image, after.image)
    discriminators = (model.discriminator.state_dict() for model in (plain, finished))
    torch.testing.assert_close(*discriminators, rtol=0, atol=0)  # it is not trained on
    train(config)  # the run is over: only moment matching is repeated
    assert image.load(path, device="cpu").sha256 == finished.sha256


def test_the_averaged_batch_norm_is_measured_on_labels_of_many_batches(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, norm_batches=5, folder=tmp_path)
    loaded, run = data.load(pictures, 32), Run(config, "x")
    trainer = make_trainer(config, loaded, run)
    norm = next(m for m in trainer.average.module.modules() if isinstance(m, nn.BatchNorm2d))
    numbers = []
    means = []
    norm.register_forward_pre_hook(lambda _, inputs: means.append(inputs[0].mean(dim=(0, 2, 3))))

    def labels(number):
        numbers.append(number)
        return real_batch(loaded, config, number).labels

    trainer.averaged_generator(labels)
    assert numbers == [0, 1, 2, 3, 4]
    torch.testing.assert_close(norm.running_mean, torch.stack(means).mean(dim=0))


def test_the_discriminator_learns_to_tell_real_from_fake(tmp_path, pictures):
    config = ImageTrainingConfig(
        **TINY, folder=tmp_path, loss="logistic", discriminator_steps=10_000, learning_rate=1e-3
    )
    loaded, run = data.load(pictures, 32), Run(config, "x")
    trainer = make_trainer(config, loaded, run)
    for step in range(40):
        numbers = trainer.step(step, *real_batch(loaded, config, step))
    assert numbers["discriminator"] < 0.2  # a guess costs 2 log 2 = 1.39
    assert numbers["real"] > numbers["fake"] + 2


def test_a_run_in_two_parts_equals_one_run_bit_for_bit(tmp_path, pictures, monkeypatch):
    settings = {**TINY, "data": pictures, "steps": 6}
    train(ImageTrainingConfig(**settings, folder=tmp_path / "whole"))
    steps = Run.steps
    monkeypatch.setattr(Run, "steps", lambda self: itertools.islice(steps(self), 4))
    train(ImageTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    assert _state(tmp_path / "parts")["step"] == 3
    monkeypatch.setattr(Run, "steps", steps)
    train(ImageTrainingConfig(**settings, folder=tmp_path / "parts", save_minutes=0))
    whole, parts = (_state(tmp_path / name) for name in ("whole", "parts"))
    assert whole["step"] == parts["step"] == 6
    torch.testing.assert_close(whole["parts"], parts["parts"], rtol=0, atol=0)


def test_a_training_that_its_time_ends_draws_its_last_step(tmp_path, pictures):
    path = train(ImageTrainingConfig(**TINY, data=pictures, minutes=1e-6, folder=tmp_path, keep_models=2))
    samples = [file.name for file in path.parent.glob("*/step-*")]
    assert sorted(samples) == ["step-000001.png", "step-000001.safetensors"]


def test_the_command_trains_and_its_checkpoint_draws(tmp_path, pictures):
    command = [sys.executable, "-m", "genai.image.training", pictures, "--steps", "10", "--folder", str(tmp_path),
               "--generator-filters", "4", "--discriminator-filters", "4", "--batch-size", "8",
               "--device", "cpu", "--threads", "1"]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    folder = tmp_path / "image" / "shapes"
    model = image.load(folder / "shapes.safetensors", device="cpu")
    results = image.generate(model, image.consecutive_seeds(image.ImageRequest("disc", 3), 4))
    assert all(r.label == 0 and r.image.isfinite().all() for r in results)
    assert model.discriminator(
        torch.stack([r.image for r in results]), torch.zeros(4, dtype=torch.int64)
    ).shape == (4,)
    with Image.open(folder / "samples" / "step-000010.png") as wall:
        assert wall.size == (320, 64)


def test_without_labels_no_picture_of_the_wall_repeats(tmp_path):
    network = Generator(DCGANConfig(size=8, generator_filters=4)).eval()
    initialise(network, make_rng(0))
    write_sample(tmp_path / "wall.png", image.ImageModel("x", network, Labels(())))
    with Image.open(tmp_path / "wall.png") as wall:
        tiles = np.asarray(wall).reshape(10, 8, 10, 8).swapaxes(1, 2).reshape(100, 64)
    assert len(np.unique(tiles, axis=0)) == 100


def test_the_average_of_a_started_training_has_no_warm_up(tmp_path, pictures):
    config = ImageTrainingConfig(**TINY, data=pictures, steps=4, folder=tmp_path)
    loaded = data.load(pictures, 32)
    new = make_trainer(config, loaded, Run(config, "new"))
    going_on = make_trainer(config, loaded, Run(config, "going on", {"steps": 20_000}))
    assert (new.average.n_averaged, going_on.average.n_averaged) == (0, 20_000)


def test_a_training_that_starts_from_a_checkpoint_says_so(tmp_path, pictures):
    settings = {**TINY, "data": pictures, "steps": 2}
    first = train(ImageTrainingConfig(**settings, folder=tmp_path / "first"))
    second = train(ImageTrainingConfig(**settings, folder=tmp_path / "second", start_from=first))
    before = image.load(first, "cpu")
    record = image.load(second, "cpu").header.training
    assert record["started_from"] | {"minutes": 0} == {
        "file": "shapes",
        "sha256": before.sha256,
        "steps": 2,
        "minutes": 0,
    }
    assert record["settings"]["start_from"] == "shapes.safetensors"


def test_pictures_that_changed_are_told(tmp_path, pictures):
    folder = tmp_path / "shapes"
    shutil.copytree(pictures, folder)
    settings = {**TINY, "data": str(folder), "folder": tmp_path}
    train(ImageTrainingConfig(**settings, steps=2))
    shutil.copytree(folder / "disc", folder / "ring")
    with pytest.raises(ConfigError, match="classes: new are 'ring'; training items: 72 before, 108 now"):
        train(ImageTrainingConfig(**settings, steps=4))
    shutil.rmtree(folder / "ring")
    red = folder / "disc/0.png"
    red.unlink()
    Image.new("RGB", (32, 32), "red").save(red)
    with pytest.raises(ConfigError, match="shape of an item: 1 x 32 x 32 before, 3 x 32 x 32 now"):
        train(ImageTrainingConfig(**settings, steps=4))


def test_a_learning_rate_that_is_too_high_ends_the_run_and_writes_no_checkpoint(tmp_path, pictures):
    settings = {**TINY, "data": pictures, "folder": tmp_path, "learning_rate": 1e8}
    with pytest.raises(ConfigError, match=r"diverged: at step \d+, .* Lower --learning-rate"):
        train(ImageTrainingConfig(**settings, steps=100))
    assert not list(tmp_path.rglob("*.safetensors"))


def test_frozen_layers_keep_their_weights_and_the_others_learn(tmp_path, pictures):
    first = train(ImageTrainingConfig(**TINY, data=pictures, steps=1, folder=tmp_path / "first"))
    settings = {**TINY, "data": pictures, "start_from": first, "freeze_layers": 2, "steps": 3}
    second = train(ImageTrainingConfig(**settings, folder=tmp_path / "second"))
    before, after = (checkpoint.load(path, "image")[1] for path in (first, second))
    names = [name for name in before if name.startswith("discriminator.blocks")]
    frozen = [name for name in names if name.split(".")[2] in {"0", "1"}]
    assert len(frozen) == 4  # weight and bias of two layers
    for name in names:
        assert torch.equal(before[name], after[name]) == (name in frozen), name


def test_layers_that_come_from_nowhere_cannot_be_frozen():
    with pytest.raises(ConfigError, match="without --start-from"):
        ImageTrainingConfig(freeze_layers=1)


def test_augmentation_can_be_as_strong_at_the_start():
    config = ImageTrainingConfig(augment=0.8, augment_start=0.8)
    assert [augmentation_strength(config, progress) for progress in (0, 0.3, 1)] == pytest.approx([0.8] * 3)


@pytest.mark.parametrize("classes", [0, 3])
def test_other_classes_and_channels_learn_from_a_model(tmp_path, pictures, classes):
    """Three classes start as the two of the model, and pictures without classes as its first."""
    start = train(ImageTrainingConfig(**TINY, data=pictures, steps=1, folder=tmp_path / "first"))
    header, before = checkpoint.load(start, "image")
    own = tmp_path / "own"
    for number in range(90):
        folder = own / f"class-{number % classes}" if classes else own
        folder.mkdir(parents=True, exist_ok=True)
        colours = torch.randint(256, (32, 32, 3), generator=make_rng(number)).to(torch.uint8)
        Image.fromarray(colours.numpy()).save(folder / f"{number}.png")
    settings = {**TINY, "data": str(own), "start_from": start, "learning_rate": 0.0, "steps": 1}
    path = train(ImageTrainingConfig(**settings, folder=tmp_path / "second"))
    after_header, after = checkpoint.load(path, "image")
    count = max(1, classes)
    assert after_header.config["channels"] == 1  # as of the model, though these pictures have colours
    assert after_header.config["classes"] == len(after_header.classes) == count
    rows = torch.arange(count) % len(header.classes)
    for name in ("network.embedding.weight", "discriminator.projection.weight"):
        torch.testing.assert_close(after[name], before[name][rows], rtol=2e-3, atol=1e-5)
