"""What the judges say of a generator: how like the data, how diverse, how obedient to the label, how original.

Everything is measured on features of the judges, and every figure stands beside the same figure of real test items.
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
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.figures import Figure
from genai.quality.shipped_networks import LabelledItems

REPEATS = 5
COPY_PERCENTILE = 0.01
MIN_OF_CLASS = 10  # items below which the diversity of a class says nothing


@dataclass(frozen=True)
class EvaluationSet:
    """Real items and the judges they are held against.

    Args:
        train: The training part, or as many items of it, drawn at random, as keep the work small.
        test: Items that neither generator nor judges have seen.
        judges: The one that figures are taken with, and a second of another kind.
        classes: English names of the classes; empty if there are none.
    """

    train: LabelledItems
    test: LabelledItems
    judges: Sequence[FeatureNetwork]
    classes: Sequence[str]


Generate = Callable[[int, Tensor], Tensor]  # first seed, classes asked for (N,) -> pictures as judges see them


def figures(bench: EvaluationSet, generate: Generate) -> dict[str, Figure]:
    """Measure a generator: it is asked for as many items of each class as the test part has.

    Args:
        bench: Real items and judges.
        generate: Makes items; item n has the first seed plus n.
    """
    asked, count = bench.test.classes, len(bench.test.classes)
    sets = [generate(repeat * count, asked) for repeat in range(REPEATS)]
    fake = sets[0]
    result: dict[str, Figure] = {}
    for name, judge in zip(("", "_second_judge"), bench.judges, strict=True):
        see = _sight(judge, bench.train)
        real, test = see(bench.train.pictures), see(bench.test.pictures)
        features = [see(pictures) for pictures in sets]
        result[f"frechet_over_floor{name}"] = _frechet(real, test, features)
        if not name:
            result["kernel_distance"] = _kernel(real, test, features[0])
            result |= _company(real, test, features[0])
            if bench.classes:
                result["diversity"] = _diversity(bench, test, features[0])
        if bench.classes:
            result |= {key + name: f for key, f in _obedience(judge, bench, fake, not name).items()}
    return result


def _sight(judge: FeatureNetwork, train: LabelledItems) -> Callable[[Tensor], Tensor]:
    """Return what turns pictures into features, each with mean 0 and deviation 1 over the training items."""
    features = extract_features(judge, train.pictures)[0]
    mean, deviation = features.mean(dim=0), features.std(dim=0).clamp(min=1e-6)
    return lambda pictures: (extract_features(judge, pictures)[0] - mean) / deviation


def _kernel(real: Tensor, test: Tensor, fake: Tensor) -> Figure:
    """The kernel distance itself: its floor is zero but for chance, so a multiple of that would mean nothing."""
    count = min(len(real), len(fake))
    rows = torch.randperm(len(real), generator=torch.Generator().manual_seed(0))[:count]
    protocol = (
        f"kernel distance in the judge's features to {count:,} training items drawn with seed 0; seeds from 0"
    )
    return Figure(kernel_distance(real[rows], fake), count, protocol, {"floor": kernel_distance(real[rows], test)})


def _frechet(real: Tensor, test: Tensor, fakes: Sequence[Tensor]) -> Figure:
    floor = frechet_distance(real, test)
    found = torch.tensor([frechet_distance(real, fake) for fake in fakes], dtype=torch.float64)
    protocol = (f"Fréchet distance in the judge's features to {len(real):,} training items, over that of "
                f"as many test items; mean of {len(fakes)} sets, seeds counting up from 0")  # fmt: skip
    beside = {"distance": found.mean().item(), "deviation": found.std().item(), "floor": floor}
    return Figure(found.mean().item() / floor, len(fakes[0]), protocol, beside)


def _company(real: Tensor, test: Tensor, fake: Tensor) -> dict[str, Figure]:
    """Density, coverage, and how near the nearest training item is."""
    rows = torch.randperm(len(real), generator=torch.Generator().manual_seed(0))[: len(fake)]
    (density, coverage), (dense, covered) = (density_and_coverage(real[rows], x) for x in (fake, test))
    protocol = f"k = 5, judge's features, {len(rows):,} training items drawn with seed 0, generated seeds from 0"
    near, usual = (nearest(x, real).distances[:, 0] for x in (fake, test))
    limit = usual.quantile(COPY_PERCENTILE)
    return {
        "density": Figure(density, len(fake), protocol, {"test items": dense}),
        "coverage": Figure(coverage, len(fake), protocol, {"test items": covered}),
        "nearest_training_item": Figure(
            near.mean().item() / usual.mean().item(), len(fake),
            f"mean distance to the nearest of {len(real):,} training items, as a multiple of that of test items",
            {"nearer than 99 % of test items": (near < limit).float().mean().item()},
        ),
    }  # fmt: skip


def _obedience(judge: FeatureNetwork, bench: EvaluationSet, fake: Tensor, main: bool) -> dict[str, Figure]:
    """Agreement of the asked class with the judge, and how sure and varied its answers are."""
    (_, answers), (_, real_answers) = extract_features(judge, fake), extract_features(judge, bench.test.pictures)
    asked = bench.test.classes
    seen, right = answers.argmax(dim=1), (real_answers.argmax(dim=1) == asked).float().mean().item()
    agreement = Figure((seen == asked).float().mean().item(), len(fake),
                       "share of generated items in which the judge sees the class that was asked for; as "
                       "many of each class as in the test part, seeds from 0",
                       {"real test items": right})  # fmt: skip
    if not main:
        return {"agreement": agreement}
    wanted, found = (torch.bincount(x, minlength=len(bench.classes)) / len(asked) for x in (asked, seen))
    shares = {name: share.item() for name, share in zip(bench.classes, found, strict=True)}
    score = inception_score(answers.softmax(dim=1))
    return {
        "agreement": agreement,
        "class_histogram": Figure(
            (wanted - found).abs().sum().item() / 2, len(fake),
            "total variation between the classes asked for and those the judge sees (0 is best)", shares),
        "inception_score": Figure(
            score, len(fake), "by this judge, not comparable with scores by Inception or on other data",
            {"real test items": inception_score(real_answers.softmax(dim=1))}),
    }  # fmt: skip


def _diversity(bench: EvaluationSet, real: Tensor, fake: Tensor) -> Figure:
    """Spread of the generated items of each class over that of real ones: 1 is as diverse as the data."""
    asked = bench.test.classes
    ratios = {
        name: mean_pairwise_distance(fake[asked == n]) / mean_pairwise_distance(real[asked == n])
        for n, name in enumerate(bench.classes)
        if (asked == n).sum() >= MIN_OF_CLASS
    }
    if not ratios:  # too many classes for the test part: all in one
        ratios = {"all": mean_pairwise_distance(fake) / mean_pairwise_distance(real)}
    protocol = (
        "mean distance of two items of a class in the judge's features, over that of test items, mean of classes"
    )
    mean = sum(ratios.values()) / len(ratios)
    return Figure(mean, len(fake), protocol, {"least": min(ratios.values()), **ratios})
