"""The DCGAN's shapes against its paper, and what conditioning and normalisation promise."""

import pytest
import torch

from genai.image.discriminator import ImageDiscriminator
from genai.image.discriminator import initialise as initialise_discriminator
from genai.image.model import DCGANConfig, Generator, initialise
from genai.seeds import make_rng

SIZES = [(32, 1), (32, 3), (64, 1), (64, 3)]


@pytest.mark.parametrize(("size", "channels"), SIZES)
@pytest.mark.parametrize("classes", [0, 5])
def test_generator_shapes_and_range(size, channels, classes):
    config = DCGANConfig(size=size, channels=channels, classes=classes, generator_filters=4)
    network = Generator(config)
    initialise(network, make_rng(0))
    labels = torch.tensor([0, 4]) if classes else None
    maps = network.features(torch.randn(2, 100, generator=make_rng(1)), labels)
    sides = [4 * 2**n for n in range(config.doublings + 1)]
    assert [m.shape[2] for m in maps] == sides
    assert maps[-1].shape == (2, channels, size, size)
    assert maps[-1].abs().max() <= 1
    assert torch.equal(network(torch.randn(2, 100, generator=make_rng(1)), labels), maps[-1])


def test_the_papers_generator_at_64_pixels():
    """Figure 1 of the paper: 1024, 512, 256, 128 feature maps at 4, 8, 16, 32 pixels, then RGB at 64."""
    network = Generator(DCGANConfig(size=64, channels=3, generator_filters=128))
    shapes = [tuple(m.shape[1:]) for m in network.features(torch.randn(2, 100))]
    assert shapes == [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64)]
    weights = 100 * 1024 * 16 + (1024 * 512 + 512 * 256 + 256 * 128) * 16 + 128 * 3 * 16 + 3
    norms = 2 * (1024 + 512 + 256 + 128)
    assert sum(p.numel() for p in network.parameters()) == weights + norms


def test_the_papers_discriminator_at_64_pixels():
    config = DCGANConfig(size=64, channels=3, discriminator_filters=64, layout="paper", normalisation="batch")
    network = ImageDiscriminator(config)
    shapes = [tuple(m.shape[1:]) for m in network.features(torch.randn(2, 3, 64, 64))]
    assert shapes == [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4)]
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert [n.num_features for n in norms] == [128, 256, 512]  # none in the first layer


LAYOUTS = [(layout, kind) for layout in ("paper", "paired") for kind in ("batch", "spectral", "none")]


@pytest.mark.parametrize(("layout", "normalisation"), LAYOUTS)
@pytest.mark.parametrize("classes", [0, 3])
def test_every_discriminator_scores_and_every_weight_gets_a_gradient(layout, normalisation, classes):
    config = DCGANConfig(classes=classes, discriminator_filters=4, layout=layout, normalisation=normalisation)
    network = ImageDiscriminator(config)
    initialise_discriminator(network, make_rng(0))
    labels = torch.tensor([0, 1, 2, 0]) if classes else None
    x = torch.randn(4, 1, 32, 32, generator=make_rng(1)).requires_grad_()
    logits = network(x, labels)
    assert logits.shape == (4,)
    (logits * torch.arange(1.0, 5)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    assert x.grad.abs().sum() > 0


def test_every_generator_weight_gets_a_gradient():
    network = Generator(DCGANConfig(classes=3, generator_filters=4))
    initialise(network, make_rng(0))
    images = network(torch.randn(3, 100, generator=make_rng(1)), torch.arange(3))
    (images * torch.randn(images.shape, generator=make_rng(2))).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_labels_change_pictures_and_scores():
    config = DCGANConfig(classes=2, generator_filters=4, discriminator_filters=4)
    network, discriminator = Generator(config), ImageDiscriminator(config)
    initialise(network, make_rng(0))
    initialise_discriminator(discriminator, make_rng(0))
    z = torch.randn(1, 100, generator=make_rng(1)).expand(2, 100)
    a, b = network.eval()(z, torch.tensor([0, 1]))
    assert not torch.allclose(a, b)
    same = torch.stack([a, a])
    scores = discriminator(same, torch.tensor([0, 1]))
    assert scores[0] == scores[1]  # the projection starts at zero
    discriminator.projection.weight.data[1] = 1
    scores = discriminator(same, torch.tensor([0, 1]))
    pooled = discriminator.features(same)[-1].mean(dim=(2, 3))
    torch.testing.assert_close(scores[1] - scores[0], pooled[1].sum())


def test_a_variant_adds_to_its_class_in_both_networks():
    config = DCGANConfig(
        size=8, classes=2, variants=3, generator_filters=4, discriminator_filters=4, classifier=True
    )
    generator, discriminator = Generator(config).eval(), ImageDiscriminator(config)
    rng = make_rng(0)
    for network in (generator, discriminator):
        for parameter in network.parameters():
            parameter.data.normal_(0, 0.1, generator=rng)
    conditions = torch.arange(6)
    pictures = generator(torch.randn(1, 100, generator=rng).expand(6, -1), conditions)
    assert torch.pdist(pictures.flatten(1)).min() > 1e-3
    one = torch.randn(1, 1, 8, 8, generator=rng).expand(6, -1, -1, -1)
    logits = discriminator(one, conditions).view(2, 3)
    differences = logits[1] - logits[0]  # alike for all variants, since the projections are added
    torch.testing.assert_close(differences, differences[:1].expand(3))
    assert logits[0].std() > 1e-4
    of_any = discriminator(one[:2], conditions.view(2, 3))  # by the three variants of each class
    torch.testing.assert_close(of_any, logits.mean(dim=1))
    [likelihood] = discriminator.outputs(one, conditions).log_likelihoods
    assert likelihood.exp().sum().item() == pytest.approx(1)  # over all pairs


def test_a_conditional_network_without_labels_is_a_mistake():
    config = DCGANConfig(classes=2, generator_filters=4, discriminator_filters=4)
    with pytest.raises(ValueError, match="needs labels"):
        Generator(config)(torch.zeros(1, 100))
    with pytest.raises(ValueError, match="needs labels"):
        ImageDiscriminator(config)(torch.zeros(1, 1, 32, 32))


def test_spectral_norm_bounds_every_layer():
    network = ImageDiscriminator(DCGANConfig(discriminator_filters=8, normalisation="spectral"))
    initialise_discriminator(network, make_rng(0))
    for _ in range(30):
        network(torch.randn(2, 1, 32, 32, generator=make_rng(1)))
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            assert torch.linalg.matrix_norm(module.weight.flatten(1), 2).item() == pytest.approx(1, abs=0.05)


def test_z_chooses_an_attribute_as_often_as_the_data_has_it():
    config = DCGANConfig(classes=2, variants=2, attribute_values=3, generator_filters=4)
    network = Generator(config)
    shares = torch.tensor([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.6, 0.0, 0.4]])
    network.set_attribute_shares(shares)
    z = torch.randn(20_000, 100, generator=make_rng(1))
    for condition in (0, 1, 3):
        chosen = network.choose_attribute(z, torch.full((len(z),), condition))
        found = torch.bincount(chosen, minlength=3) / len(z)
        torch.testing.assert_close(found, shares[condition], atol=0.01, rtol=0)
    extreme = torch.tensor([[-9.0], [9.0]]).expand(2, 100)
    assert network.choose_attribute(extreme, torch.tensor([0, 0])).tolist() == [0, 2]


def test_only_the_first_number_of_z_chooses_and_the_picture_depends_on_the_value():
    network = Generator(DCGANConfig(classes=1, attribute_values=2, generator_filters=4)).eval()
    initialise(network, make_rng(0))
    network.set_attribute_shares(torch.tensor([[0.5, 0.5]]))
    z = torch.randn(1, 100, generator=make_rng(1))
    z[0, 0] = -0.001
    other = z.clone()
    other[0, 0] = 0.001
    label = torch.tensor([0])
    inputs = torch.cat([network.with_labels(z, label), network.with_labels(other, label)])
    torch.testing.assert_close(inputs[:, -8:], network.attribute_embedding.weight)
    same = z.clone()
    same[0, 0] = -0.003  # as far away, and of the same value
    change, little = ((network(z, label) - network(one, label)).abs().max() for one in (other, same))
    assert change > 100 * little


def test_a_discriminator_that_is_told_no_value_takes_the_mean_by_their_shares():
    network = ImageDiscriminator(DCGANConfig(classes=2, attribute_values=3, discriminator_filters=4))
    initialise_discriminator(network, make_rng(0))
    torch.nn.init.normal_(network.attribute_projection.weight, generator=make_rng(1))
    shares = torch.tensor([0.5, 0.3, 0.2])
    network.set_attribute_shares(shares)
    x, labels = torch.randn(4, 1, 32, 32, generator=make_rng(2)), torch.tensor([0, 1, 0, 1])
    told = [network.outputs(x, labels, told=torch.full((4,), value)).logits[0] for value in range(3)]
    torch.testing.assert_close(network(x, labels), torch.stack(told, dim=1) @ shares)
