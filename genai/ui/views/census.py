"""What a generator makes too often: many fresh samples, each classified by the data set's feature network.

Answers are plain data, computed from the question alone; errors are answered by a sentence.
"""

import threading
from dataclasses import dataclass
from functools import cache
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


class ClassesAnswer(TypedDict):
    """What the counts will be compared with.

    Attributes:
        classes: Their names.
        shares: Of each class in the training part; empty if the feature network's file has none.
        errs: A sentence: how often the feature network is right about real items.
    """

    classes: list[Bilingual]
    shares: list[float]
    errs: Bilingual


class NoClasses(TypedDict):
    """Why there is nothing to count."""

    none: Bilingual


class CensusAnswer(TypedDict):
    """The counts with the batch just drawn.

    Attributes:
        seen: Samples in each class.
        agreed: Samples that were recognised as the class asked for.
        bounds: For each class, the 95 % interval of its share.
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
        seen: Samples in each class.
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
            if not header.classes:
                return {"none": both("census.none")}
            _, network_header = _classifier(self._registry, header)
            accuracy = network_header.metrics["accuracy"]
            items = network_header.training.get("items", [])
        except Exception as error:
            return {"none": sentence(error)}
        return {
            "classes": header.classes,
            "shares": [count / sum(items) for count in items],
            "errs": both("census.errs", share=f"{accuracy['value'] * 100:.1f}", n=f"{accuracy['n']:,}"),
        }

    @answer_errors
    def census(self, question: CensusQuestion) -> CensusAnswer:
        """Draw the next batch of samples and add what they are recognised as to the counts."""
        model = self._registry.get(question.get("model"))
        header = self._registry.header(question.get("model"))
        network, _ = _classifier(self._registry, header)
        counts = _counts(question, network.config.classes)
        first = check_seed(question.get("seed"))  # type: ignore[arg-type]  # refuses anything but a seed
        done = sum(counts.seen)
        seeds = [(first + n) % (MAX_SEED + 1) for n in range(done, min(done + BATCH, TOTAL))]
        truncation: Any = question.get("truncation")  # the request checks it
        with self._lock:
            results = self._renderer.generate(
                model, [LatentRequest(seed=seed, truncation=truncation) for seed in seeds]
            )
            samples = self._renderer.to_pictures(torch.stack([result.item for result in results]))
            recognised = _classify(network, samples, header.data_set)
        seen = [before + recognised.count(number) for number, before in enumerate(counts.seen)]
        agreed = sum(result.label == number for result, number in zip(results, recognised, strict=True))
        return {
            "seen": seen,
            "agreed": counts.agreed + agreed,
            "bounds": [wilson_interval(count, sum(seen)) for count in seen],
            "named": both("census.named", seed=first, truncation=f"{question['truncation']:g}"),
        }


@cache
def _load(modality: str, data_set: str, checkpoints: Path | None) -> tuple[FeatureNetwork, Header]:
    kind = shipped_networks.KINDS[0]
    judges = checkpoint.folder_beside("judges", checkpoints)
    network = shipped_networks.load(modality, data_set, kind, judges)
    return network, shipped_networks.read_header(modality, data_set, kind, judges)


def _classifier(registry: Registry[M], header: Header) -> tuple[FeatureNetwork, Header]:
    """Return the feature network of a model's data set, and its file's header.

    Raises:
        CheckpointError: if there is none.
        ConfigError: if it knows other classes than the model.
    """
    network, network_header = _load(registry.modality, header.data_set, registry.folder)
    if network_header.classes != header.classes:
        raise ConfigError(
            "The judge of {name} knows other classes than this model: it cannot count what the model makes.",
            name=header.data_set,
        )
    return network, network_header


def _classify(network: FeatureNetwork, samples: Tensor, data_set: str) -> list[int]:
    """Return the class that a feature network recognises in each sample.

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
        _, logits = extract_features(network, samples)
        classes: list[int] = logits.argmax(dim=1).tolist()
    return classes


def _counts(question: CensusQuestion, classes: int) -> Counts:
    """Read the counts that a question carries.

    Raises:
        ConfigError: if they are no counts of fewer samples than are drawn in all.
    """
    seen: object = question.get("seen") or [0] * classes
    numbers = [*seen, question.get("agreed")] if isinstance(seen, list) else []
    counts = [number for number in numbers if type(number) is int and number >= 0]
    if not len(counts) == len(numbers) == classes + 1 or not counts[-1] <= sum(counts[:-1]) < TOTAL:
        raise range_error("Count", numbers or seen, 0, TOTAL - 1, whole=True)
    return Counts(counts[:-1], counts[-1])
