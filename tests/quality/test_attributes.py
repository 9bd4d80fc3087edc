"""Shares of attributes, against shares that are known and against simulated samples."""

import math
from dataclasses import replace

import pytest
import torch

from genai.errors import ConfigError
from genai.labels import Attribute, Labels
from genai.quality import attributes, shipped_networks
from genai.quality.attributes import KnownAttributes, Shares
from genai.quality.feature_network import (
    FeatureNetwork,
    FeatureNetworkConfig,
    initialise,
    remove_dead_units,
    train_network,
)
from genai.quality.shipped_networks import LabelledItems
from genai.seeds import make_rng
from tests.quality.test_feature_network import CARD, LABELS, items


def named(*names):
    return Labels(tuple({"en": name, "zh-CN": name} for name in names))


HEIGHT = Attribute({"en": "Bar height", "zh-CN": "高度"}, named("top", "middle", "bottom"))
SIDE = Attribute({"en": "Side", "zh-CN": "侧"}, named("left", "right"))


def shares(real, generated, n=1_000):
    return Shares(HEIGHT, torch.tensor(real), torch.tensor(real), torch.tensor(generated), n, n, accuracy=0.9)


def test_ratio_and_distance_of_known_shares():
    one = shares([0.5, 0.3, 0.2], [0.75, 0.25, 0.0])
    assert one.ratios.tolist() == pytest.approx([1.5, 0.25 / 0.3, 0])
    assert one.distance == pytest.approx(0.25)


def test_values_with_too_few_real_items_have_no_ratio():
    assert math.isnan(shares([0.995, 0.005, 0.0], [0.5, 0.25, 0.25]).ratios[1])


def test_the_difference_to_expect_by_chance_is_that_of_simulated_samples():
    p = torch.tensor([0.5, 0.3, 0.2])
    one = replace(shares([0.5, 0.3, 0.2], [0.5, 0.3, 0.2]), n_real=400, n_generated=100)
    rng = make_rng(0, 1)
    pairs = [[attributes.shares_of(torch.multinomial(p, n, True, generator=rng), 3) for n in (400, 100)]
             for _ in range(2_000)]  # fmt: skip
    simulated = sum((a - b).abs().sum().item() / 2 for a, b in pairs) / len(pairs)
    assert one.chance == pytest.approx(simulated, rel=0.05)


def test_a_value_beyond_a_factor_of_two_is_counted_and_marked():
    first, second = [shares([0.4, 0.2, 0.4], [0.1, 0.45, 0.45])], [shares([0.4, 0.2, 0.4], [0.4, 0.22, 0.38])]
    figure = attributes.figures(first, second)["attribute_bar_height"]
    assert (figure.beside["under half as often"], figure.beside["over twice as often"]) == (1, 1)
    assert figure.value == pytest.approx(0.3)
    top, middle, bottom = attributes.format_table(first, second).splitlines()[-3:]
    assert top.endswith("0.25   1.00 too seldom")
    assert middle.endswith("2.25   1.10 too often")
    assert bottom.endswith("1.12   0.95")


def test_what_looks_rare_to_the_second_network_alone_is_counted_and_marked_too():
    first, second = [shares([0.4, 0.2, 0.4], [0.4, 0.2, 0.4])], [shares([0.4, 0.2, 0.4], [0.1, 0.3, 0.6])]
    beside = attributes.figures(first, second)["attribute_bar_height"].beside
    assert (beside["under half as often"], beside["over twice as often"]) == (0, 0)
    assert (beside["under half as often, second judge"], beside["over twice as often, second judge"]) == (1, 0)
    assert beside["second judge"] == pytest.approx(0.3)
    assert attributes.format_table(first, second).splitlines()[-3].endswith("1.00   0.25 too seldom")


def test_a_value_that_one_network_hardly_sees_in_real_items_is_marked_by_the_other():
    unseen, seen = [shares([0.995, 0.005, 0.0], [1.0, 0.0, 0.0])], [shares([0.9, 0.1, 0.0], [0.97, 0.03, 0.0])]
    for pair in ((unseen, seen), (seen, unseen)):
        top, middle, bottom = attributes.format_table(*pair).splitlines()[-3:]
        assert middle.endswith("too seldom")
        assert not top.endswith(("seldom", "often"))
        assert bottom.endswith("nan    nan")


def targets(count, stream):
    """Bars, and of each the class, the third of the height that it begins in, and the side."""
    pictures, classes = items(count, stream)
    rows = pictures[:, 0].mean(dim=2).argmax(dim=1)
    return pictures, torch.stack([classes, (rows // 6).clamp(max=2), classes], dim=1)


def draw(step):
    return targets(64, 100 + step)


@pytest.fixture(scope="module")
def known():
    return KnownAttributes((HEIGHT, SIDE), targets(300, 1)[1][:, 1:], targets(200, 2)[1][:, 1:])


@pytest.fixture
def network():
    network = FeatureNetwork(FeatureNetworkConfig(1, 16, 16, 2, "pooled", (3, 2)))
    initialise(network, make_rng(0))
    train_network(network, draw, 60)
    return network


def test_what_is_left_out_and_what_is_not_is_found(network, known):
    real, generated = targets(200, 2)[0], targets(400, 3)
    fair = attributes.measure(network, known, real, generated[0])
    assert all(one.accuracy > 0.9 for one in fair)
    assert fair[1].distance < 0.1
    only_left = generated[0][generated[1][:, 0] == 0]
    height, side = attributes.measure(network, known, real, only_left)
    assert side.ratios.tolist() == pytest.approx([2, 0], abs=0.15)
    assert height.distance < 0.2
    assert side.known.tolist() == [0.5, 0.5]


def test_features_are_those_that_the_head_reads_and_dead_ones_are_removed(network):
    x = targets(200, 2)[0]
    with torch.no_grad():
        network.summary.bias[0] = -1e3  # dead in all images
        network.summary.weight[1] = 0  # alive in all
        network.summary.bias[1] = 1
    assert network.features(x).min() >= 0
    before = [logits.clone() for logits in network.predict_all(network.features(x))]
    remove_dead_units(network, draw, batches=3)
    assert network.summary.weight[0].abs().sum() == network.summary.bias[0] == 0
    assert network.summary.bias[1] == 1
    after = network.predict_all(network.features(x))
    assert all(torch.allclose(a, b, atol=0.1) for a, b in zip(before, after, strict=True))
    assert torch.equal(network.features(x)[:, 0], torch.zeros(200))


def test_a_network_of_other_attributes_is_refused(network, known):
    attributes.check(network, known, "shapes")
    with pytest.raises(ConfigError, match="judges of shapes were trained on other attributes"):
        attributes.check(network, KnownAttributes(), "shapes")


def test_a_trained_network_tells_its_attributes(tmp_path, known):
    pictures, values = targets(200, 2)
    classes = targets(300, 1)[1][:, 0]
    shipped_networks.train_networks("image", CARD, LABELS, draw, classes,
                                    LabelledItems(pictures, values[:, 0]), 60, tmp_path, known=known)  # fmt: skip
    network = shipped_networks.load("image", "shapes", "pooled", tmp_path)
    header = shipped_networks.read_header("image", "shapes", "pooled", tmp_path)
    assert header.metrics["accuracy"]["value"] > 0.95
    height, side = header.attributes
    assert (height["name"], height["values"]) == (HEIGHT.name, list(HEIGHT.values.names))
    assert side["items"] == [[150, 0], [0, 150]]  # the side is the class
    right = (attributes.predict(network, pictures)[:, 0] == values[:, 1]).float().mean().item()
    assert height["accuracy"] == {"value": pytest.approx(right, abs=1e-4), "n": 200}
