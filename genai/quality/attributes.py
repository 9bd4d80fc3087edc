"""What people see of generated items: the share of each value of each attribute, over that in real items.

Distances between features say how far a generator is from the data, attributes say in what. A feature network that
learnt them sorts both, so that its mistakes are the same on both sides. A second network sorts them too: what a
generator makes may look like a value to one network only, and to no person.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from genai.errors import ConfigError
from genai.labels import Attribute
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.figures import Figure

FACTOR = 2  # beyond which a value is reported as generated too often or too seldom
MIN_REAL = 10  # fewer real items of a value are too few to compare with


@dataclass(frozen=True)
class KnownAttributes:
    """What is known of the items of a data set besides their classes; by default nothing.

    Args:
        attributes: A of them.
        train: (N, A), the values in the training part, numbers from 0.
        test: (M, A).
    """

    attributes: Sequence[Attribute] = ()
    train: Tensor = field(default_factory=lambda: torch.empty(0, 0, dtype=torch.long))
    test: Tensor = field(default_factory=lambda: torch.empty(0, 0, dtype=torch.long))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of values of each attribute."""
        return tuple(len(attribute.values) for attribute in self.attributes)


NOTHING_KNOWN = KnownAttributes()


@dataclass(frozen=True)
class Shares:
    """How often each value of an attribute occurs: vectors (V,) that each sum to 1.

    Args:
        attribute: Its V values.
        known: In the test part, as the data says.
        real: In the test part, as the feature network sees it.
        generated: As the feature network sees it.
        n_real: Items of the test part.
        n_generated: Generated items.
        accuracy: Fraction of the test part in which the feature network sees the known value.
    """

    attribute: Attribute
    known: Tensor
    real: Tensor
    generated: Tensor
    n_real: int
    n_generated: int
    accuracy: float

    @property
    def ratios(self) -> Tensor:
        """The generated share over the real one (V,); NaN where the real items are too few."""
        enough = self.real * self.n_real >= MIN_REAL
        return torch.where(enough, self.generated / self.real, torch.nan)

    @property
    def distance(self) -> float:
        """The total variation between the generated and the real shares, 0 to 1."""
        return (self.generated - self.real).abs().sum().item() / 2

    @property
    def chance(self) -> float:
        """The total variation to expect between two samples of the real distribution.

        The difference of two shares is nearly normal with variance p (1 - p) (1 / n + 1 / m), and the mean absolute
        value of a normal variable is its standard deviation times the root of 2 / pi.
        """
        variance = self.real * (1 - self.real) * (1 / self.n_real + 1 / self.n_generated)
        return (variance * 2 / math.pi).sqrt().sum().item() / 2


def check(network: FeatureNetwork, known: KnownAttributes, name: str) -> None:
    """Check that a feature network learnt the attributes of a data set.

    Raises:
        ConfigError: if it learnt none or others.
    """
    if tuple(network.config.attributes) != known.sizes:
        raise ConfigError(
            "The judges of {name} were trained on other attributes than the data has now: train them again.",
            name=name,
        )


def measure(network: FeatureNetwork, known: KnownAttributes, real: Tensor, generated: Tensor) -> list[Shares]:
    """Compare generated images with real ones, attribute by attribute.

    Args:
        network: Learnt the attributes.
        known: Of the data set.
        real: (M, C, H, W), the test part, or its first images.
        generated: (N, C, H, W).
    """
    seen_in_real = predict(network, real)
    seen_in_generated = predict(network, generated)
    result = []
    for column, attribute in enumerate(known.attributes):
        size = len(attribute.values)
        values = known.test[: len(real), column]
        result.append(
            Shares(
                attribute=attribute,
                known=shares_of(values, size),
                real=shares_of(seen_in_real[:, column], size),
                generated=shares_of(seen_in_generated[:, column], size),
                n_real=len(real),
                n_generated=len(generated),
                accuracy=(seen_in_real[:, column] == values).float().mean().item(),
            )
        )
    return result


def predict(network: FeatureNetwork, images: Tensor) -> Tensor:
    """Return the value of each attribute (N, A) that a feature network sees in images (N, C, H, W)."""
    features, _ = extract_features(network, images)
    with torch.inference_mode():
        _, *logits = network.predict_all(features)
    return torch.stack([one.argmax(dim=1) for one in logits], dim=1)


def shares_of(values: Tensor, size: int) -> Tensor:
    """Return the share of each number from 0 to size - 1 among values (N,)."""
    return torch.bincount(values, minlength=size) / len(values)


def figures(first: Sequence[Shares], second: Sequence[Shares]) -> dict[str, Figure]:
    """Return a figure for each attribute.

    Args:
        first: As the first feature network sees the attributes.
        second: As the second one sees the same attributes.
    """
    pairs = zip(first, second, strict=True)
    return {
        f"attribute_{one.attribute.name['en'].lower().replace(' ', '_')}": _figure(one, two) for one, two in pairs
    }


def _figure(first: Shares, second: Shares) -> Figure:
    protocol = (
        "total variation between the shares of the values that the judge sees in generated items and in "
        f"{first.n_real:,} test items (0 is best); seeds from 0"
    )
    beside = {
        "by chance": first.chance,
        "under half as often": (first.ratios < 1 / FACTOR).sum().item(),
        "over twice as often": (first.ratios > FACTOR).sum().item(),
        "judge is right": first.accuracy,
        "second judge": second.distance,
        "under half as often, second judge": (second.ratios < 1 / FACTOR).sum().item(),
        "over twice as often, second judge": (second.ratios > FACTOR).sum().item(),
    }
    return Figure(first.distance, first.n_generated, protocol, beside)


def format_table(first: Sequence[Shares], second: Sequence[Shares]) -> str:
    """Return the shares as a table, a line for each value; a mark says what is too frequent or too rare.

    Args:
        first: As the first feature network sees the attributes.
        second: As the second one sees the same attributes; of it there is the ratio alone.
    """
    lines = [f"{'share of':<36} {'data':>7} {'judged':>7} {'generated':>9} {'ratio':>6} {'second':>6}"]
    for one, two in zip(first, second, strict=True):
        lines.append(
            f"{one.attribute.name['en']}   (the judges are right in {one.accuracy:.1%}, {two.accuracy:.1%})"
        )
        columns = (one.known, one.real, one.generated, one.ratios, two.ratios)
        rows = zip(one.attribute.values.names, *(column.tolist() for column in columns), strict=True)
        for name, known, real, generated, ratio, ratio_2 in rows:
            line = f"  {name['en']:<34} {known:>7.2%} {real:>7.2%} {generated:>9.2%} {ratio:>6.2f} {ratio_2:>6.2f}"
            lines.append(f"{line} {_mark(ratio, ratio_2)}".rstrip())
    return "\n".join(lines)


def _mark(*ratios: float) -> str:
    """Return what is wrong with a value; a ratio that is NaN, of too few real items, says nothing."""
    if any(ratio < 1 / FACTOR for ratio in ratios):
        return "too seldom"
    return "too often" if any(ratio > FACTOR for ratio in ratios) else ""
