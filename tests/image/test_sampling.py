"""Drawing: pure, seeded, alike alone and in company."""

import pytest
import torch

from genai.errors import ConfigError
from genai.image.model import DCGANConfig, Generator, initialise
from genai.image.sampling import ImageModel, ImageRequest, generate
from genai.labels import Labels
from genai.latent.requests import consecutive_seeds
from genai.seeds import make_rng


@pytest.fixture
def model():
    network = Generator(DCGANConfig(classes=2, generator_filters=8))
    initialise(network, make_rng(0))
    return ImageModel("tiny", network.eval(), Labels(({"en": "Shoe", "zh-CN": "鞋"}, {"en": "Bag", "zh-CN": "包"})))


def test_the_same_request_gives_the_same_picture_alone_and_in_company(model):
    requests = [ImageRequest("bag", 5), *consecutive_seeds(ImageRequest("any", 7, truncation=0.5), 12)]
    together = generate(model, requests)
    for request, result in zip(requests, together, strict=True):
        alone = generate(model, [request])[0]
        torch.testing.assert_close(result.image, alone.image, rtol=0, atol=1e-5)
        assert (result.label, result.seed) == (alone.label, request.seed)


def test_pictures_are_in_range_and_differ_by_seed_and_label(model):
    a, b, c = generate(model, [ImageRequest("shoe", 1), ImageRequest("shoe", 2), ImageRequest("包", 1)])
    assert a.image.shape == (1, 32, 32)
    assert a.image.abs().max() <= 1
    assert not torch.allclose(a.image, b.image)
    assert not torch.allclose(a.image, c.image)
    assert (a.label, c.label) == (0, 1)


def test_with_no_truncation_left_all_seeds_are_one(model):
    a, b = generate(model, [ImageRequest("shoe", 1, 0), ImageRequest("shoe", 2, 0)])
    torch.testing.assert_close(a.image, b.image)


def test_an_unknown_label_is_refused(model):
    with pytest.raises(ConfigError, match="Shoe, Bag"):
        generate(model, [ImageRequest("hat")])


def test_no_requests_give_no_results(model):
    assert generate(model, []) == []
