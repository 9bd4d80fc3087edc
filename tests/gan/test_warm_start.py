"""Training on from the weights of a checkpoint."""

import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from genai import checkpoint
from genai.audio.discriminator import AudioDiscriminator
from genai.audio.model import WaveGANConfig, initialise, make_generator
from genai.checkpoint.header import Header
from genai.datasets.card import DataCard
from genai.errors import CheckpointError, ConfigError
from genai.gan.data import GanData
from genai.gan.training import data_record
from genai.gan.warm_start import load_start, with_classes_of
from genai.image import discriminator as image_discriminator
from genai.image import model as image_model
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator
from genai.labels import Labels
from genai.seeds import make_rng


def networks(seed, **settings):
    config = WaveGANConfig(**{"generator_filters": 2, "spectrogram_filters": 4, "windows": (256,), **settings})
    generator, discriminator = make_generator(config), AudioDiscriminator(config)
    for part, network in enumerate((generator, discriminator)):
        initialise(network, make_rng(seed, part))
    return generator, discriminator


def save_networks(folder, generator, discriminator, modality="audio", classes=0):
    """Write both networks, in float32; return the path."""
    title = {"en": "x", "zh-CN": "x"}
    config = asdict(generator.config)
    header = Header(modality, "x", config, title, "x", "", "", "", classes=[title] * classes)
    path = folder / "x.safetensors"
    weights = checkpoint.collect_weights(network=generator, discriminator=discriminator)
    checkpoint.save(path, header, weights, torch.float32)
    return path


@pytest.fixture
def saved(tmp_path):
    """A checkpoint and its networks."""
    sources = networks(1)
    return save_networks(tmp_path, *sources), *sources


def test_both_networks_get_the_weights(saved):
    path, *sources = saved
    targets = networks(2)
    load_start(path, "audio", *targets)
    for source, target in zip(sources, targets, strict=True):
        for name, weight in target.state_dict().items():
            assert torch.equal(weight, source.state_dict()[name]), name


def test_without_a_file_nothing_changes():
    targets, same = networks(2), networks(2)
    load_start(None, "audio", *targets)
    for source, target in zip(same, targets, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(source.parameters(), target.parameters(), strict=True))


def test_new_input_channels_start_without_influence(saved):
    path, _, source = saved
    generator, discriminator = networks(2, spectrogram="complex")
    load_start(path, "audio", generator, discriminator)
    sound = torch.randn(3, 8192, generator=make_rng(3))
    torch.testing.assert_close(discriminator(sound), source(sound))


def test_sub_discriminators_that_the_file_lacks_start_as_they_are(saved):
    path, _, source = saved
    generator, discriminator = networks(2, periods=(2, 3))
    own = [parameter.clone() for judge in discriminator.judges[1:] for parameter in judge.parameters()]
    load_start(path, "audio", generator, discriminator)
    kept = [parameter for judge in discriminator.judges[1:] for parameter in judge.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(own, kept, strict=True))
    sound = torch.randn(3, 8192, generator=make_rng(3))
    torch.testing.assert_close(discriminator(sound)[0], source(sound)[0])


def test_sub_discriminators_that_the_networks_lack_are_an_error(tmp_path):
    path = save_networks(tmp_path, *networks(1, windows=(256, 64)))
    with pytest.raises(ConfigError, match=r"judges\.1"):
        load_start(path, "audio", *networks(2))


def test_networks_of_another_shape_are_refused(saved):
    path, *_ = saved
    with pytest.raises(ConfigError, match=r"start from x\.safetensors.*dense"):
        load_start(path, "audio", *networks(2, generator_filters=4))
    with pytest.raises(ConfigError, match="dense"):
        load_start(path, "audio", *networks(2, latent_size=132))
    with pytest.raises(ConfigError, match="dense"):
        load_start(path, "audio", *networks(2, latent_size=132, classes=3))


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
def test_classes_that_the_model_lacks_start_without_influence(tmp_path, head):
    sources = networks(1, head=head)
    path = save_networks(tmp_path, *sources)
    generator, discriminator = networks(2, head=head, classes=3)
    load_start(path, "audio", generator, discriminator)
    z = torch.randn(3, 100, generator=make_rng(3))
    labels = torch.tensor([0, 1, 2])
    sounds = generator(z, labels)
    torch.testing.assert_close(sounds, sources[0](z))
    torch.testing.assert_close(discriminator(sounds, labels), sources[1](sounds))
    # Both learn what a class is: the gradient reaches their part of the weights.
    discriminator.outputs(generator(z, labels), labels).mean_logits.sum().backward()
    assert generator.dense.weight.grad[:, 100:].abs().max() > 0
    assert all(
        weight.grad.abs().max() > 0 for name, weight in discriminator.named_parameters() if "projection" in name
    )


def test_variants_start_without_influence(tmp_path):
    sources = networks(1, classes=2)
    path = save_networks(tmp_path, *sources, classes=2)
    generator, discriminator = networks(2, classes=2, performers=3)
    load_start(path, "audio", generator, discriminator)
    z = torch.randn(6, 100, generator=make_rng(3))
    conditions = torch.arange(6)
    classes = conditions // 3
    sounds = generator(z, conditions)
    torch.testing.assert_close(sounds, sources[0](z, classes))
    torch.testing.assert_close(discriminator(sounds, conditions), sources[1](sounds, classes))


def test_a_classifier_that_the_model_lacks_gives_each_class_the_same_likelihood(tmp_path):
    sources = networks(1, classes=2, performers=3)
    path = save_networks(tmp_path, *sources, classes=2)
    targets = networks(2, classes=2, performers=3, classifier=True)
    load_start(path, "audio", *targets)
    sounds = torch.randn(6, 8192, generator=make_rng(3))
    [named] = targets[1].outputs(sounds, torch.arange(6)).log_likelihoods
    torch.testing.assert_close(named, torch.full((6,), -math.log(2) - math.log(3)))


def test_a_finer_spectrum_starts_with_each_frequency_of_the_model_twice(saved):
    path, source, _ = saved
    generator, discriminator = networks(2, fft=512, overlap=4)
    load_start(path, "audio", generator, discriminator)
    z = torch.randn(2, 100, generator=make_rng(3))
    maps, expected = (next(network.eval().stages(z)) for network in (generator, source))
    assert maps.shape == (2, 32, 8, 2)
    torch.testing.assert_close(maps, expected.repeat_interleave(2, dim=2))


def test_a_file_that_lacks_a_later_field_has_its_default(saved):
    path, source, _ = saved
    config = {name: value for name, value in asdict(source.config).items() if name not in {"overlap", "fft"}}
    checkpoint.update_header(path, config=config)  # which stores weights in half precision
    generator, discriminator = networks(2, fft=512, overlap=4)
    load_start(path, "audio", generator, discriminator)
    twice = source.dense.weight.view(32, 4, 2, 100).repeat_interleave(2, dim=1).flatten(0, 2)
    torch.testing.assert_close(generator.dense.weight, twice, rtol=0, atol=1e-3)


def test_fewer_frames_than_in_the_file_are_refused(saved):
    path, *_ = saved
    with pytest.raises(ConfigError, match=r"x\.safetensors.*overlap"):
        load_start(path, "audio", *networks(2, fft=512))


@pytest.mark.parametrize("head", ["waveform", "spectrum"])
def test_longer_sounds_start_with_each_moment_of_the_model_twice(tmp_path, head):
    settings = {"head": head, "classes": 2, "waveform_filters": 2}
    sources = networks(1, **settings)
    path = save_networks(tmp_path, *sources, classes=2)
    generator, discriminator = networks(2, **settings, samples=16_384, performers=3)
    load_start(path, "audio", generator, discriminator)
    z = torch.randn(6, 100, generator=make_rng(3))
    conditions = torch.arange(6)
    classes = conditions // 3
    first, short = next(generator.stages(z, conditions)), next(sources[0].stages(z, classes))
    torch.testing.assert_close(first, short.repeat_interleave(2, dim=-1))
    for part, of_file in zip(discriminator.judges, sources[1].judges, strict=True):
        last = of_file.features(sources[0](z, classes))[-1]
        torch.testing.assert_close(
            part.out(last.repeat_interleave(2, dim=-1), conditions), of_file.out(last, classes)
        )


def test_classes_that_a_picture_model_lacks_start_without_influence(tmp_path):
    generators, discriminators = [], []
    for classes in (0, 3):
        config = DCGANConfig(classes=classes, generator_filters=2, discriminator_filters=2)
        generators.append(Generator(config).eval())
        discriminators.append(ImageDiscriminator(config))
        image_model.initialise(generators[-1], make_rng(classes))
        image_discriminator.initialise(discriminators[-1], make_rng(classes, 1))
    path = save_networks(tmp_path, generators[0], discriminators[0], modality="image")
    load_start(path, "image", generators[1], discriminators[1])
    z = torch.randn(3, 100, generator=make_rng(3))
    labels = torch.tensor([0, 1, 2])
    pictures = generators[1](z, labels)
    torch.testing.assert_close(pictures, generators[0](z))
    torch.testing.assert_close(discriminators[1](pictures, labels), discriminators[0](pictures))


def test_a_file_of_another_modality_or_none_is_refused(saved):
    path, *_ = saved
    with pytest.raises(CheckpointError):
        load_start(path, "image", *networks(2))
    with pytest.raises(CheckpointError):
        load_start(Path("nothing"), "audio", *networks(2))


def test_more_classes_than_the_models_begin_as_its_first_again(tmp_path):
    sources = networks(1, classes=2)
    path = save_networks(tmp_path, *sources, classes=2)
    targets = networks(2, classes=3)
    load_start(path, "audio", *targets)
    compared = 0
    for source, target in zip(sources, targets, strict=True):
        new = target.state_dict()
        for name, old in source.state_dict().items():
            if old.shape != new[name].shape:
                assert torch.equal(new[name], old[[0, 1, 0]])
                compared += 1
    assert compared == 2  # the embedding of the generator, the projection of the one sub-discriminator


@pytest.mark.parametrize(("classes", "variants"), [(1, 1), (2, 3), (3, 2), (5, 4), (6, 1)])
def test_each_class_and_variant_begins_with_the_attributes_of_its_own(tmp_path, classes, variants):
    shape = {"size": 8, "attribute_values": 2, "generator_filters": 4, "discriminator_filters": 4}
    config = DCGANConfig(classes=2, variants=3, **shape)
    source = Generator(config)
    source.attribute_bounds.copy_(torch.arange(12.0).view(6, 2) / 12)
    path = save_networks(tmp_path, source, ImageDiscriminator(config), "image", classes=2)
    config = DCGANConfig(classes=classes, variants=variants, **shape)
    target = Generator(config)
    load_start(path, "image", target, ImageDiscriminator(config))
    for label in range(classes):
        for variant in range(variants):
            bounds = target.attribute_bounds[label * variants + variant]
            torch.testing.assert_close(bounds, source.attribute_bounds[label % 2 * 3 + variant % 3])


def test_data_takes_the_classes_that_the_models_networks_have():
    labels = Labels(({"en": "a", "zh-CN": "a"}, {"en": "b", "zh-CN": "b"}))
    card = DataCard("mine", {"en": "Mine", "zh-CN": "我的"}, "", "", "")
    items, classes = torch.zeros(4, 8), torch.tensor([0, 1, 0, 1])
    data = GanData(items, classes, items, classes, labels, card, ["1", "2", "3", "4"])
    header = Header("audio", "wavegan", {}, {"en": "x", "zh-CN": "x"}, "x", "", "", "")
    assert with_classes_of(data, header) is data
    alike = replace(data, labels=Labels(()))
    assert with_classes_of(alike, header) is alike
    with_classes = replace(header, classes=[{"en": "c", "zh-CN": "c"}])
    assert with_classes_of(data, with_classes) is data
    performed = with_classes_of(data, replace(with_classes, variants=[{"en": "d", "zh-CN": "d"}] * 3))
    assert performed.labels.variants == (card.title,)
    assert performed.train_conditions.tolist() == classes.tolist()
    converted = with_classes_of(alike, with_classes)
    assert converted.labels.names == (card.title,)
    assert converted.fingerprint == alike.fingerprint  # by which it finds its judges
    old = {"sha256": converted.content_sha256, "facts": data_record(converted).facts}
    assert converted.content_sha256 != alike.fingerprint
    assert data_record(converted).changes_since(old) == ""  # a run that an older version began
    other = replace(alike, train=torch.ones(4, 8))
    assert data_record(with_classes_of(other, with_classes)).changes_since(data_record(converted).as_dict())
