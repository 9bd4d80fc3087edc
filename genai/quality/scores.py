"""The figures of a generator: likeness to the data, diversity, agreement with the label, originality.

All are measured with feature networks, and each has the same figure of real test items beside it. The protocols are
stored in the headers of checkpoints and shown on the page, where a feature network is called a judge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.quality.distances import (
    density_and_coverage,
    frechet_distance,
    inception_score,
    kernel_distance,
    mean_pairwise_distance,
    nearest,
)
from genai.quality.feature_network import FeatureNetwork, extract_features, mean_and_deviation
from genai.quality.figures import Figure
from genai.quality.shipped_networks import LabelledItems

REPEATS = 5
NEIGHBOURS = 5  # by which density and coverage are measured, if there are as many
MIN_TEST = 2  # items of which a distribution can be fitted
COPY_PERCENTILE = 0.01
MIN_OF_CLASS = 10  # fewer items of a class are too few to measure its diversity


@dataclass(frozen=True)
class EvaluationSet:
    """Real items, and the feature networks that compare generated items with them.

    Args:
        train: The training part, or a random sample of it that keeps the computation small.
        test: Items that neither the generator nor the feature networks were trained on, at least 2.
        networks: The one that figures are measured with, and a second of another kind.
        classes: English names of the classes; empty if there are none.
    """

    train: LabelledItems
    test: LabelledItems
    networks: Sequence[FeatureNetwork]
    classes: Sequence[str]


Generate = Callable[[int, Tensor], Tensor]  # first seed, requested classes (N,) -> images (N, C, H, W)


@dataclass(frozen=True)
class _Outputs:
    """The outputs of one feature network for real and generated items.

    Args:
        train: Features (N, 64), standardised over the training part, as all features here are.
        test: Features (M, 64).
        fakes: Features (M, 64) of each generated set.
        test_logits: (M, classes).
        fake_logits: (M, classes), of the first generated set.
    """

    train: Tensor
    test: Tensor
    fakes: Sequence[Tensor]
    test_logits: Tensor
    fake_logits: Tensor


def figures(real: EvaluationSet, generate: Generate) -> dict[str, Figure]:
    """Measure a generator on sets with as many items of each class as the test part has.

    Args:
        real: Real items and feature networks.
        generate: Generates items; item n has the first seed plus n.
    """
    classes = real.test.classes
    sets = [generate(repeat * len(classes), classes) for repeat in range(REPEATS)]
    first, second = (_apply(network, real, sets) for network in real.networks)

    result = {
        "frechet_over_floor": _frechet(first),
        "kernel_distance": _kernel(first),
        **_density_and_coverage(first),
        "nearest_training_item": _nearest_training_item(first),
        "diversity": _diversity(first, classes, real.classes),
    }
    if real.classes:
        result["agreement"] = _agreement(first, classes)
        result["class_histogram"] = _class_histogram(first, classes, real.classes)
        result["inception_score"] = _inception_score(first)

    result["frechet_over_floor_second_judge"] = _frechet(second)
    if real.classes:
        result["agreement_second_judge"] = _agreement(second, classes)
    return result


def _apply(network: FeatureNetwork, real: EvaluationSet, sets: Sequence[Tensor]) -> _Outputs:
    train, _ = extract_features(network, real.train.pictures)
    test, test_logits = extract_features(network, real.test.pictures)
    outputs = [extract_features(network, pictures) for pictures in sets]
    mean, deviation = mean_and_deviation(train)
    return _Outputs(
        train=(train - mean) / deviation,
        test=(test - mean) / deviation,
        fakes=[(features - mean) / deviation for features, _ in outputs],
        test_logits=test_logits,
        fake_logits=outputs[0][1],
    )


def _sample_train(outputs: _Outputs) -> Tensor:
    """Draw as many training items as there are generated ones, or all if there are fewer."""
    rows = torch.randperm(len(outputs.train), generator=torch.Generator().manual_seed(0))
    return outputs.train[rows[: len(outputs.fakes[0])]]


def _frechet(outputs: _Outputs) -> Figure:
    floor = frechet_distance(outputs.train, outputs.test)
    distances = torch.tensor([frechet_distance(outputs.train, fake) for fake in outputs.fakes], dtype=torch.float64)
    mean = distances.mean().item()
    protocol = (
        f"Fréchet distance in the judge's features to {len(outputs.train):,} training items, over that of "
        f"as many test items; mean of {len(outputs.fakes)} sets, seeds counting up from 0"
    )
    beside = {"distance": mean, "deviation": distances.std().item(), "floor": floor}
    return Figure(mean / floor, len(outputs.fakes[0]), protocol, beside)


def _kernel(outputs: _Outputs) -> Figure:
    """The kernel distance itself, not a multiple of its floor: the expected floor is zero."""
    train = _sample_train(outputs)
    protocol = (
        f"kernel distance in the judge's features to {len(train):,} training items drawn with seed 0; seeds from 0"
    )
    distance = kernel_distance(train, outputs.fakes[0])
    return Figure(distance, len(train), protocol, {"floor": kernel_distance(train, outputs.test)})


def _density_and_coverage(outputs: _Outputs) -> dict[str, Figure]:
    train = _sample_train(outputs)
    fake = outputs.fakes[0]
    k = min(NEIGHBOURS, len(train) - 1)
    density, coverage = density_and_coverage(train, fake, k)
    test_density, test_coverage = density_and_coverage(train, outputs.test, k)
    protocol = f"k = {k}, judge's features, {len(train):,} training items drawn with seed 0, generated seeds from 0"
    return {
        "density": Figure(density, len(fake), protocol, {"test items": test_density}),
        "coverage": Figure(coverage, len(fake), protocol, {"test items": test_coverage}),
    }


def _nearest_training_item(outputs: _Outputs) -> Figure:
    fake = nearest(outputs.fakes[0], outputs.train).distances[:, 0]
    test = nearest(outputs.test, outputs.train).distances[:, 0]
    copies = (fake < test.quantile(COPY_PERCENTILE)).float().mean().item()
    protocol = (
        f"mean distance to the nearest of {len(outputs.train):,} training items, as a multiple of "
        "that of test items"
    )
    beside = {"nearer than 99 % of test items": copies}
    return Figure(fake.mean().item() / test.mean().item(), len(fake), protocol, beside)


def _diversity(outputs: _Outputs, classes: Tensor, names: Sequence[str]) -> Figure:
    """The spread of the generated items of each class over that of real ones: 1 is as diverse as the data."""
    fake = outputs.fakes[0]
    ratios = {}
    for number, name in enumerate(names):
        rows = classes == number
        if rows.sum() >= MIN_OF_CLASS:
            ratios[name] = mean_pairwise_distance(fake[rows]) / mean_pairwise_distance(outputs.test[rows])
    if not ratios:  # no classes, or more than the test part has items for: measure all as one
        ratios["all"] = mean_pairwise_distance(fake) / mean_pairwise_distance(outputs.test)
    protocol = (
        "mean distance of two items of a class in the judge's features, over that of test items, mean of classes"
    )
    mean = sum(ratios.values()) / len(ratios)
    return Figure(mean, len(fake), protocol, {"least": min(ratios.values()), **ratios})


def _agreement(outputs: _Outputs, classes: Tensor) -> Figure:
    fake = (outputs.fake_logits.argmax(dim=1) == classes).float().mean().item()
    test = (outputs.test_logits.argmax(dim=1) == classes).float().mean().item()
    protocol = (
        "share of generated items in which the judge sees the class that was asked for; as "
        "many of each class as in the test part, seeds from 0"
    )
    return Figure(fake, len(classes), protocol, {"real test items": test})


def _class_histogram(outputs: _Outputs, classes: Tensor, names: Sequence[str]) -> Figure:
    predicted = outputs.fake_logits.argmax(dim=1)
    requested_shares = torch.bincount(classes, minlength=len(names)) / len(classes)
    predicted_shares = torch.bincount(predicted, minlength=len(names)) / len(classes)
    return Figure(
        (requested_shares - predicted_shares).abs().sum().item() / 2,
        len(classes),
        "total variation between the classes asked for and those the judge sees (0 is best)",
        dict(zip(names, predicted_shares.tolist(), strict=True)),
    )


def _inception_score(outputs: _Outputs) -> Figure:
    return Figure(
        inception_score(outputs.fake_logits.softmax(dim=1)),
        len(outputs.fake_logits),
        "by this judge, not comparable with scores by Inception or on other data",
        {"real test items": inception_score(outputs.test_logits.softmax(dim=1))},
    )
