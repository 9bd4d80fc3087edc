"""The trace of a picture, against the networks called layer by layer."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
import torch

from genai import image
from genai.gan.internals import look_inside
from genai.image.discriminator import ImageDiscriminator
from genai.image.page.renderer import RENDERER
from genai.image.sampling import ImageRequest, generate
from genai.quality import nearest as index
from genai.quality import shipped_networks
from genai.quality.feature_network import extract_features
from genai.serving.models import Registry
from genai.ui.views import inside
from genai.ui.views.inside import InsideQuestions, nearest
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def model():
    return image.load("fashion", "cpu")


def test_the_last_map_is_the_picture_and_each_layer_follows_from_the_one_before(model):
    exact = replace(model, forward=None)  # in float32 on every machine
    [result] = generate(exact, [ImageRequest(3, seed=5, truncation=0.9)])
    [trace] = look_inside(model, [result])
    maps = [*trace.generator_maps, trace.item]
    assert torch.equal(trace.item, result.image)
    assert len(maps) == len(model.network.blocks)
    assert (trace.label, trace.z.shape) == (3, (100,))
    for block, before, after in zip(model.network.blocks[1:], maps, maps[1:], strict=False):
        torch.testing.assert_close(block(before[None])[0], after, rtol=0, atol=1e-4)


def test_the_score_is_the_discriminators_logit(model):
    [trace] = look_inside(model, generate(model, [ImageRequest(3, seed=5)]))
    expected = model.discriminator(trace.item[None], torch.tensor([3])).item()
    assert trace.score == pytest.approx(expected, abs=1e-4)
    assert [len(layers) for layers in trace.discriminator_maps] == [len(model.discriminator.blocks)]
    assert isinstance(model.discriminator, ImageDiscriminator)


def test_a_layer_alone_is_that_of_all_and_those_after_it_are_not_computed(model):
    results = generate(model, [ImageRequest(3, seed=5), ImageRequest(4, seed=6)])
    later = Mock()
    with model.network.blocks[2].register_forward_hook(lambda *_: later()):
        alone = look_inside(model, results, only=1)
    later.assert_not_called()
    for one, whole in zip(alone, look_inside(model, results), strict=True):
        assert len(one.generator_maps) == 1
        assert torch.equal(one.generator_maps[0], whole.generator_maps[1])
        assert one.score == whole.score


def test_the_nearest_training_picture_is_the_indexes(model):
    picture = generate(model, [ImageRequest(1, seed=4)])[0].image
    network = shipped_networks.load("image", "fashion", "pooled")
    (expected,) = index.load("image", "fashion", network).neighbours(extract_features(network, picture[None])[0])
    answer = nearest("image", model.header, picture)["nearest"]
    assert (answer["id"], answer["distance"], answer["nearer"]) == (expected.id, expected.distance, expected.nearer)
    assert answer["usual"] == sorted(answer["usual"])
    assert len(answer["usual"]) == 101


def test_answers_and_sentences(tmp_path):
    registry = Registry("image", image.load, device="cpu", folder=save_all(tmp_path))
    ask = InsideQuestions(registry, RENDERER).inside
    answer = ask({"model": "fashion", "label": 1, "seed": 3, "truncation": 1.0})
    assert answer["nearest"] is None  # nobody indexed the tiny data set
    assert "There is no judge here" in answer["missing"]["en"]
    assert answer["drawn"][-1]["shape"] == [32, 32]
    for bad in ({"model": "x"}, {"model": "fashion", "seed": -1}, {"model": "fashion", "label": "hat"}):
        assert {"en", "zh-CN"} == ask(bad)["sentence"].keys()


def test_what_is_known_of_a_data_set_is_loaded_once():
    assert inside.load_index("image", "fashion") is inside.load_index("image", "fashion")
