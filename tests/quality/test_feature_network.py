"""Feature networks, and the figures that they give for generators whose quality is known."""

import math
from dataclasses import replace

import pytest
import torch

from genai.datasets.card import DataCard
from genai.errors import CheckpointError
from genai.labels import Labels
from genai.quality import shipped_networks
from genai.quality.feature_network import (
    FeatureNetwork,
    FeatureNetworkConfig,
    downscale,
    extract_features,
    initialise,
    random_blur,
    random_shift,
    train_network,
)
from genai.quality.scores import EvaluationSet, figures
from genai.quality.shipped_networks import LabelledItems
from genai.seeds import make_rng

CARD = DataCard("shapes", {"en": "Shapes", "zh-CN": "形状"}, "MIT", "nobody", "tests")
LABELS = Labels(({"en": "left", "zh-CN": "左"}, {"en": "right", "zh-CN": "右"}))


def items(count, stream, classes=None):
    """Bright bars at a random height and of random brightness, in the left half (class 0) or the right one (1)."""
    rng = make_rng(0, stream)
    classes = torch.arange(count) % 2 if classes is None else classes
    pictures = torch.randn(count, 1, 16, 16, generator=rng) * 0.05 - 0.9
    rows, levels = torch.randint(14, (count,), generator=rng), torch.rand(count, generator=rng) * 1.2 + 0.3
    for picture, row, level, label in zip(pictures, rows, levels, classes, strict=True):
        picture[0, row : row + 2, 8 * label : 8 * label + 8] += level
    return LabelledItems(pictures, classes)


def draw(step):
    return items(64, 100 + step)


@pytest.fixture(scope="module")
def bench():
    trained = []
    for number, kind in enumerate(shipped_networks.KINDS):
        network = FeatureNetwork(FeatureNetworkConfig(1, 16, 16, 2, kind))
        initialise(network, make_rng(number))
        train_network(network, draw, 30)
        trained.append(network)
    return EvaluationSet(items(300, 1), items(200, 2), trained, ["left", "right"])


@pytest.mark.parametrize("kind", shipped_networks.KINDS)
@pytest.mark.parametrize(("shape", "classes"), [((3, 64, 64), 0), ((1, 32, 32), 10)])
def test_networks_give_64_features_and_every_weight_gets_a_gradient(kind, shape, classes):
    network = FeatureNetwork(FeatureNetworkConfig(*shape, classes, kind))
    initialise(network, make_rng(0))
    x = torch.randn(4, *shape, generator=make_rng(1))
    answers = network(x)
    assert network.features(x).shape == (4, 64)
    assert answers.shape == ((4, classes) if classes else downscale(x).shape)
    (answers * torch.randn(answers.shape, generator=make_rng(2))).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    assert sum(p.numel() for p in network.parameters()) * 2 < 1_000_000  # bytes of a file


def test_downscaling_is_the_mean_of_blocks():
    x = torch.arange(32.0 * 32).view(1, 1, 32, 32)
    assert downscale(x)[0, 17].item() == x[0, 0, 2:4, 2:4].mean()


def test_pictures_move_by_at_most_so_many_pixels_and_alike_for_a_step():
    x = torch.zeros(50, 1, 9, 9)
    x[:, :, 4, 4] = 1
    places = {divmod(int(p.flatten().argmax()), 9) for p in random_shift(x, 1, 0, 0)}
    assert places == {(a, b) for a in (3, 4, 5) for b in (3, 4, 5)}
    assert torch.equal(random_shift(x, 1, 0, 3), random_shift(x, 1, 0, 3))


def test_half_of_the_pictures_are_blurred_alike_for_a_step_and_none_without_a_width():
    x = torch.zeros(4, 1, 15, 15)
    x[:, :, 7, 7] = 1
    blurred = random_blur(x, 1, 0, 0)
    assert torch.equal(blurred[2:], x[2:])
    assert blurred[:2].sum((1, 2, 3)).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert blurred[0, 0, 7, 7] < 1
    assert torch.equal(random_blur(x, 1, 0, 3), random_blur(x, 1, 0, 3))
    peaks = [random_blur(x, 1, 0, step)[0, 0, 7, 7].item() for step in range(50)]
    narrowest = 1 / (2 * math.pi)  # the density of a Gaussian of one pixel at its centre
    assert min(peaks) > narrowest * 0.95
    assert max(peaks) > 0.9
    assert torch.equal(random_blur(x, 0, 0, 0), x)


def test_trained_networks_are_saved_with_their_accuracy_and_loaded(tmp_path):
    test = items(200, 2)
    classes = torch.tensor([1, 0, 1, 1])
    paths = shipped_networks.train_networks("image", CARD, LABELS, draw, classes, test, 30, tmp_path)
    assert [path.name for path in paths] == ["shapes-pooled.safetensors", "shapes-strided.safetensors"]
    header = shipped_networks.read_header("image", "shapes", "pooled", tmp_path)
    assert header.training["items"] == [1, 3]
    network = shipped_networks.load("image", "shapes", "pooled", tmp_path)
    assert header.metrics["accuracy"]["value"] == pytest.approx(
        shipped_networks.accuracy(network, test).value, abs=1e-4
    )
    assert shipped_networks.accuracy(network, test).value > 0.95
    assert shipped_networks.accuracy(network, LabelledItems(test.pictures, 1 - test.classes)).value < 0.05
    with pytest.raises(CheckpointError, match="squares"):
        shipped_networks.load("image", "squares", "pooled", tmp_path)


def test_a_network_without_classes_reconstructs_the_picture(tmp_path):
    network = FeatureNetwork(FeatureNetworkConfig(1, 16, 16))
    initialise(network, make_rng(0))
    before = shipped_networks.accuracy(network.eval(), items(200, 2)).value
    train_network(network, draw, 150)
    assert before < 0.1
    assert shipped_networks.accuracy(network, items(200, 2)).value > 0.3


def test_fresh_items_of_the_same_kind_score_as_real_ones(bench):
    results = figures(bench, lambda seed, classes: items(len(classes), 3 + seed, classes).pictures)
    assert results["frechet_over_floor"].value < 2
    assert results["agreement"].value == pytest.approx(results["agreement"].beside["real test items"], abs=0.03)
    assert results["agreement_second_judge"].value > 0.9
    assert results["diversity"].value == pytest.approx(1, abs=0.15)
    assert results["coverage"].value == pytest.approx(results["coverage"].beside["test items"], abs=0.08)
    assert results["class_histogram"].value < 0.05


@pytest.mark.parametrize("count", [2, 3, 6])
def test_the_fewest_items_of_own_data_can_be_measured(bench, count):
    few = replace(bench, train=items(30, 1), test=items(count, 2))
    results = figures(few, lambda first, classes: items(count, 3 + first, classes).pictures)
    assert all(math.isfinite(figure.value) for figure in results.values())
    assert results["density"].protocol.startswith(f"k = {count - 1}, ")


def test_a_collapsed_generator_agrees_but_is_not_diverse(bench):
    def collapsed(seed, classes):
        two = items(2, 9).pictures
        return two[classes]

    results = figures(bench, collapsed)
    assert results["agreement"].value > 0.95
    assert results["diversity"].value < 0.01
    assert results["coverage"].value < 0.2
    assert results["frechet_over_floor"].value > 5


def test_a_disobedient_generator_and_one_that_copies_are_detected(bench):
    swapped = figures(bench, lambda seed, classes: items(len(classes), 3 + seed, 1 - classes).pictures)
    assert swapped["agreement"].value < 0.05
    only = figures(bench, lambda seed, classes: items(len(classes), 3 + seed, 0 * classes).pictures)
    assert only["class_histogram"].value == pytest.approx(0.5, abs=0.05)
    assert only["class_histogram"].beside["left"] > 0.95
    copied = figures(bench, lambda seed, classes: bench.train.pictures[: len(classes)])
    assert copied["nearest_training_item"].value == pytest.approx(0, abs=0.01)
    assert copied["nearest_training_item"].beside["nearer than 99 % of test items"] == 1


def test_features_do_not_depend_on_the_batch(bench):
    x = bench.test.pictures[:40]
    torch.testing.assert_close(
        extract_features(bench.networks[0], x, 7)[0], extract_features(bench.networks[0], x)[0]
    )
