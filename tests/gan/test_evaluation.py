"""Generated items and the discriminator's logits, on tiny networks."""

import numpy as np
import pytest
import torch

from genai.audio.model import WaveGANConfig, make_generator
from genai.audio.model import initialise as initialise_audio
from genai.audio.sampling import AudioModel, AudioRequest, generate
from genai.gan.evaluation import discriminator_logits, draw, logit_percentiles
from genai.image.discriminator import ImageDiscriminator
from genai.image.model import DCGANConfig, Generator, initialise
from genai.image.sampling import ImageModel
from genai.labels import Labels
from genai.seeds import make_rng

LABELS = Labels(tuple({"en": name, "zh-CN": name} for name in "ab"))


def test_items_have_the_classes_requested_in_their_order_whatever_the_batch():
    network = Generator(DCGANConfig(size=8, classes=2, generator_filters=4)).eval()
    initialise(network, make_rng(0))
    model, classes = ImageModel("x", network, LABELS), torch.arange(300) % 2
    pictures = draw(model, 5, classes)
    assert pictures.shape == (300, 1, 8, 8)
    torch.testing.assert_close(pictures[255:256], draw(model, 260, classes[255:256]))
    assert not torch.equal(pictures[:1], draw(model, 5, 1 - classes[:1]))


def test_sounds_have_the_variants_requested():
    labels = Labels(LABELS.names, LABELS.names)
    network = make_generator(WaveGANConfig(classes=2, performers=2, generator_filters=2)).eval()
    initialise_audio(network, make_rng(0))
    model = AudioModel("x", network, labels, sample_rate=8000)
    classes, variants = torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1])
    sounds = draw(model, 5, classes, variants)
    for n in range(3):
        [alone] = generate(model, [AudioRequest(int(classes[n]), 5 + n, variant=int(variants[n]))])
        torch.testing.assert_close(sounds[n], alone.waveform)
    without = AudioModel("x", make_generator(WaveGANConfig(classes=2, generator_filters=2)).eval(), LABELS)
    torch.testing.assert_close(draw(without, 5, classes, variants), draw(without, 5, classes))


def test_the_scores_are_percentiles_of_the_discriminators_logits():
    config = DCGANConfig(size=8, classes=2, generator_filters=4, discriminator_filters=4)
    discriminator = ImageDiscriminator(config).eval()
    model = ImageModel("x", Generator(config), LABELS, discriminator=discriminator)
    real = torch.randn(300, 1, 8, 8, generator=make_rng(0))
    classes = torch.arange(300) % 2
    expected = discriminator(real, classes)
    assert not torch.allclose(expected, discriminator(real, 1 - classes))
    torch.testing.assert_close(discriminator_logits(model, real, classes), expected)
    percentiles = logit_percentiles(model, real, real, classes)
    assert percentiles["real"] == percentiles["fake"]
    assert percentiles["real"] == pytest.approx(np.percentile(expected.detach().numpy(), range(101)), abs=1e-3)
    assert logit_percentiles(ImageModel("x", Generator(config), LABELS), real, real, classes) == {}
