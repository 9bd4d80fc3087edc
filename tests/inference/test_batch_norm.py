"""A network with its batch norms folded computes the same feature maps."""

import pytest
import torch
from torch import nn

from genai.audio.model import WaveGANConfig, make_generator
from genai.image.model import DCGANConfig, Generator
from genai.inference.batch_norm import fuse_batch_norm
from genai.seeds import make_rng

NETWORKS = {
    "pictures": lambda: Generator(DCGANConfig(channels=3, classes=2, generator_filters=4)),
    "spectra": lambda: make_generator(WaveGANConfig(classes=2, head="spectrum", generator_filters=4)),
    "waveforms": lambda: make_generator(WaveGANConfig(classes=2, head="waveform", generator_filters=4)),
}


def with_statistics(network):
    """Give batch norms statistics as training leaves them: no mean 0, no scale 1."""
    rng = make_rng(3)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(generator=rng)
            module.running_var.uniform_(0.1, 2, generator=rng)
            nn.init.normal_(module.weight, generator=rng)
            nn.init.normal_(module.bias, generator=rng)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_feature_map_stays_the_same_to_rounding(name):
    network = with_statistics(NETWORKS[name]())
    z, labels = torch.randn(3, 100, generator=make_rng(1)), torch.tensor([0, 1, 0])
    before = network.features(z, labels)
    after = fuse_batch_norm(network).features(z, labels)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-4)


def test_the_norms_are_gone_from_the_blocks():
    network = fuse_batch_norm(with_statistics(NETWORKS["pictures"]()))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert all(block[0].layer.bias is not None for block in network.blocks)


def test_a_second_folding_changes_nothing():
    network = fuse_batch_norm(with_statistics(NETWORKS["spectra"]()))
    weights = {name: weight.clone() for name, weight in network.state_dict().items()}
    assert all(torch.equal(weights[name], weight) for name, weight in fuse_batch_norm(network).state_dict().items())
