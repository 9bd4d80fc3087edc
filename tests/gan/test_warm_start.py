"""Training on from the weights of a checkpoint."""

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
from genai.gan.warm_start import load_start, with_classes_of
from genai.labels import Labels
from genai.seeds import make_rng


def networks(seed, **settings):
    config = WaveGANConfig(**{"generator_filters": 2, "spectrogram_filters": 4, "windows": (256,), **settings})
    generator, discriminator = make_generator(config), AudioDiscriminator(config)
    for part, network in enumerate((generator, discriminator)):
        initialise(network, make_rng(seed, part))
    return generator, discriminator


@pytest.fixture
def saved(tmp_path):
    """A checkpoint whose weights float16 holds exactly, and its networks."""
    generator, discriminator = networks(1)
    for parameter in (*generator.parameters(), *discriminator.parameters()):
        parameter.data = parameter.data.half().float()
    title = {"en": "x", "zh-CN": "x"}
    header = Header("audio", "wavegan", asdict(generator.config), title, "x", "", "", "")
    path = tmp_path / "x.safetensors"
    weights = checkpoint.collect_weights(network=generator, discriminator=discriminator)
    checkpoint.save(path, header, weights)
    return path, generator, discriminator


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


def test_networks_of_another_shape_are_refused(saved):
    path, *_ = saved
    with pytest.raises(ConfigError, match=r"start from x\.safetensors.*dense"):
        load_start(path, "audio", *networks(2, generator_filters=4))
    with pytest.raises(ConfigError, match="embedding"):
        load_start(path, "audio", *networks(2, classes=3))


def test_a_file_of_another_modality_or_none_is_refused(saved):
    path, *_ = saved
    with pytest.raises(CheckpointError):
        load_start(path, "image", *networks(2))
    with pytest.raises(CheckpointError):
        load_start(Path("nothing"), "audio", *networks(2))


def test_more_classes_than_the_models_begin_as_its_first_again(tmp_path):
    sources = networks(1, classes=2)
    title = {"en": "x", "zh-CN": "x"}
    header = Header("audio", "wavegan", asdict(sources[0].config), title, "x", "", "", "", classes=[title] * 2)
    path = tmp_path / "x.safetensors"
    weights = checkpoint.collect_weights(network=sources[0], discriminator=sources[1])
    checkpoint.save(path, header, weights, torch.float32)
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


def test_data_takes_the_classes_that_the_models_networks_have():
    labels = Labels(({"en": "a", "zh-CN": "a"}, {"en": "b", "zh-CN": "b"}))
    card = DataCard("mine", {"en": "Mine", "zh-CN": "我的"}, "", "", "")
    items, classes = torch.zeros(4, 8), torch.tensor([0, 1, 0, 1])
    data = GanData(items, classes, items, classes, labels, card, ["1", "2", "3", "4"])
    header = Header("audio", "wavegan", {}, {"en": "x", "zh-CN": "x"}, "x", "", "", "")
    alike = with_classes_of(data, header)
    assert (len(alike.labels), alike.train_labels.tolist(), alike.test_labels.tolist()) == (0, [0] * 4, [0] * 4)
    with_classes = replace(header, classes=[{"en": "c", "zh-CN": "c"}])
    assert with_classes_of(data, with_classes) is data
    assert with_classes_of(replace(data, labels=Labels(())), with_classes).labels.names == (card.title,)
