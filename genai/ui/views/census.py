"""What a generator makes too often: many fresh samples, each classified by the data set's feature network.

It counts by class, and by each attribute that the feature network learnt. A model that was trained without classes
is counted by attributes alone.

Answers are plain data, computed from the question alone; errors are answered by a sentence.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, TypedDict

import torch
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.language.strings import Bilingual, both
from genai.latent.requests import LatentRequest
from genai.quality import shipped_networks
from genai.quality.data_identity import DataIdentity, identity_of
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.figures import wilson_interval
from genai.seeds import MAX_SEED, check_seed
from genai.serving.models import Registry
from genai.ui.views.questions import CensusQuestion, ModelQuestion
from genai.ui.views.renderer import M, Renderer
from genai.ui.words.errors import answer_errors, sentence
from genai.validation import range_error

PART = Path(__file__).with_name("census")  # of a view
TOTAL = 500
BATCH = 50  # samples an answer: few enough that the bars are seen to grow


class PropertyAnswer(TypedDict):
    """One property that samples are counted by.

    Attributes:
        name: Of the property: "Class", or that of an attribute.
        classes: The names of its values.
        shares: What the counts will be compared with: of each value in the training part. For an attribute of a
            model whose classes are asked for equally often, as if they were equally frequent there. Empty if the
            feature network's file has none.
        requested: Whether it is what samples are asked for: the class.
        evenly: Whether every value is asked for equally often; otherwise as often as the training part has it.
        errs: A sentence: how often the feature network is right about real items.
    """

    name: Bilingual
    classes: list[Bilingual]
    shares: list[float]
    requested: bool
    evenly: bool
    errs: Bilingual


class ClassesAnswer(TypedDict):
    """What the counts will be compared with.

    Attributes:
        properties: At least one; the counts of all are in one list, in this order.
    """

    properties: list[PropertyAnswer]


class NoClasses(TypedDict):
    """Why there is nothing to count."""

    none: Bilingual


class CensusAnswer(TypedDict):
    """The counts with the batch just drawn.

    Attributes:
        seen: Samples with each value of each property.
        agreed: Samples that were recognised as the class asked for.
        bounds: For each value, the 95 % interval of its share.
        named: Seed and truncation as words.
    """

    seen: list[int]
    agreed: int
    bounds: list[tuple[float, float]]
    named: Bilingual


@dataclass(frozen=True)
class Counts:
    """The counts that a question carries.

    Args:
        seen: Samples with each value of each property.
        agreed: Samples that were recognised as the class asked for.
    """

    seen: list[int]
    agreed: int


class Census(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        renderer: The modality.
    """

    def __init__(self, registry: Registry[M], renderer: Renderer[M]) -> None:
        self._registry = registry
        self._renderer = renderer
        self._lock = threading.Lock()  # one batch at a time: each takes the whole machine

    def classes(self, question: ModelQuestion) -> ClassesAnswer | NoClasses:
        """Return what the samples of a model will be compared with, or why they cannot be counted."""
        try:
            header = self._registry.header(question.get("model"))
            _, network_header = _classifier(self._registry, header)
        except Exception as error:
            return {"none": sentence(error)}
        properties = _properties(header, network_header)
        return {"properties": properties} if properties else {"none": both("census.none")}

    @answer_errors
    def census(self, question: CensusQuestion) -> CensusAnswer:
        """Draw the next batch of samples and add what they are recognised as to the counts."""
        model = self._registry.get(question.get("model"))
        header = self._registry.header(question.get("model"))
        network, network_header = _classifier(self._registry, header)
        sizes = [len(one["classes"]) for one in _properties(header, network_header)]
        if not sizes:
            raise ConfigError(
                "This model has learnt without classes, and the judge of its data knows no attributes."
            )
        counts = _counts(question, sizes)
        first = check_seed(question.get("seed"))  # type: ignore[arg-type]  # refuses anything but a seed
        done = sum(counts.seen[: sizes[0]])
        seeds = [(first + n) % (MAX_SEED + 1) for n in range(done, min(done + BATCH, TOTAL))]
        truncation: Any = question.get("truncation")  # the request checks it
        with self._lock:
            results = self._renderer.generate(
                model, [LatentRequest(seed=seed, truncation=truncation) for seed in seeds]
            )
            samples = self._renderer.to_pictures(torch.stack([result.item for result in results]))
            recognised = _classify(network, samples, header.data_set)
        if header.classes:
            pairs = zip(results, recognised[0].tolist(), strict=True)
            agreed = sum(result.label == number for result, number in pairs)
        else:
            recognised = recognised[1:]
            agreed = 0
        columns = zip(recognised, sizes, strict=True)
        new = torch.cat([torch.bincount(values, minlength=size) for values, size in columns])
        seen = [before + count for before, count in zip(counts.seen, new.tolist(), strict=True)]
        return {
            "seen": seen,
            "agreed": counts.agreed + agreed,
            "bounds": [wilson_interval(count, done + len(seeds)) for count in seen],
            "named": both("census.named", seed=first, truncation=f"{question['truncation']:g}"),
        }


@cache
def _load(data: DataIdentity, checkpoints: Path | None) -> tuple[FeatureNetwork, Header]:
    kind = shipped_networks.KINDS[0]
    judges = checkpoint.folder_beside("judges", checkpoints)
    network = shipped_networks.load(data.modality, data.name, kind, judges, data)
    return network, shipped_networks.read_header(data.modality, data.name, kind, judges, data)


def _classifier(registry: Registry[M], header: Header) -> tuple[FeatureNetwork, Header]:
    """Return the feature network of a model's data set, and its file's header.

    Raises:
        CheckpointError: if there is none.
        ConfigError: if the model has classes and the network knows others.
    """
    network, network_header = _load(identity_of(header), registry.folder)
    if header.classes and network_header.classes != header.classes:
        raise ConfigError(
            "The judge of {name} knows other classes than this model: it cannot count what the model makes.",
            name=header.data_set,
        )
    return network, network_header


def _properties(header: Header, network_header: Header) -> list[PropertyAnswer]:
    """Return what samples can be counted by: the class if the model has any, and the network's attributes."""
    items = network_header.training.get("items", [])
    properties = []
    asked = torch.tensor(header.class_shares or [1.0] * len(header.classes), dtype=torch.float64)
    asked /= asked.sum()  # rounded in the header
    if header.classes:
        evenly = len(set(header.class_shares)) <= 1
        shares = [count / sum(items) for count in items] if evenly else asked.tolist()
        accuracy = network_header.metrics["accuracy"]
        properties.append(_property(both("census.class"), header.classes, shares, accuracy, True, evenly))
    for attribute in network_header.attributes:
        counts = torch.tensor(attribute["items"], dtype=torch.float64)
        by_class = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
        expected = asked @ by_class if header.classes else counts.sum(dim=0) / counts.sum()
        properties.append(
            _property(attribute["name"], attribute["values"], expected.tolist(), attribute["accuracy"])
        )
    return properties


def _property(
    name: Bilingual,
    values: list[Bilingual],
    shares: list[float],
    accuracy: Mapping[str, float],
    requested: bool = False,
    evenly: bool = False,
) -> PropertyAnswer:
    errs = both("census.errs", share=f"{accuracy['value'] * 100:.1f}", n=f"{accuracy['n']:,}")
    return {
        "name": name,
        "classes": values,
        "shares": shares,
        "requested": requested,
        "evenly": evenly,
        "errs": errs,
    }


def _classify(network: FeatureNetwork, samples: Tensor, data_set: str) -> list[Tensor]:
    """Return the class (N,) that a feature network recognises in each of N samples, then each attribute's value.

    Raises:
        ConfigError: if it was trained on pictures of another size.
    """
    if samples.shape[-1] != network.config.width:
        raise ConfigError(
            "The judges of {name} look at pictures of another size: train them with --size {size}.",
            name=data_set,
            size=samples.shape[-1],
        )
    with torch.inference_mode():
        features, _ = extract_features(network, samples)
        return [logits.argmax(dim=1) for logits in network.predict_all(features)]


def _counts(question: CensusQuestion, sizes: Sequence[int]) -> Counts:
    """Read the counts that a question carries, of properties with so many values.

    Raises:
        ConfigError: if they are no counts of fewer samples than are drawn in all, the same for each property.
    """
    seen: object = question.get("seen") or [0] * sum(sizes)
    numbers = [*seen, question.get("agreed")] if isinstance(seen, list) else []
    counts = [number for number in numbers if type(number) is int and number >= 0]
    if len(counts) == len(numbers) == sum(sizes) + 1:
        *seen_counts, agreed = counts
        ends = accumulate(sizes)
        totals = {sum(seen_counts[end - size : end]) for end, size in zip(ends, sizes, strict=True)}
        if len(totals) == 1 and agreed <= totals.pop() < TOTAL:
            return Counts(seen_counts, agreed)
    raise range_error("Count", numbers or seen, 0, TOTAL - 1, whole=True)
