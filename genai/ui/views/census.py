"""What a generator makes too often: many fresh samples, each named by the judge of the model's data set.

Answers are plain data, computed from the question alone; a mistake is answered by a sentence.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Generic

import torch
from torch import Tensor

from genai.checkpoint.header import Header
from genai.errors import ConfigError
from genai.language.strings import both
from genai.quality import shipped_networks
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.figures import wilson_interval
from genai.seeds import MAX_SEED, check_seed
from genai.serving.models import Registry
from genai.ui.views.inside import M
from genai.ui.words.errors import answer_errors, sentence
from genai.validation import range_error

PART = Path(__file__).with_name("census")  # of a view
TOTAL = 500
BATCH = 50  # samples an answer: few enough that the bars are seen to grow
Draw = Callable[[M, Sequence[int], float], tuple[Tensor, list[int | None]]]


class Census(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        draw: From a model, seeds and a truncation to samples of any class: as the judge sees them, (N, C, H, W),
            and the number of the class that chance asked for in each.
    """

    def __init__(self, registry: Registry[M], draw: Draw[M]) -> None:
        self._registry, self._draw = registry, draw
        self._lock = threading.Lock()  # one batch at a time: each takes the whole machine

    def classes(self, question: dict[str, Any]) -> dict[str, Any]:
        """Tell what the samples of the model named "model" will be held against.

        Returns:
            "classes": the names; "shares" of each in the training part, empty if the judge's file does not tell;
            "errs": how often the judge is right of real items. Or "none": why there is nothing to count.
        """
        try:
            header = self._registry.header(question.get("model"))
            if not header.classes:
                return {"none": both("census.none")}
            _, file = _judge(self._registry.modality, header)
            right, counts = file.metrics["accuracy"], file.training.get("items", [])
        except Exception as error:
            return {"none": sentence(error)}
        return {
            "classes": header.classes,
            "shares": [count / sum(counts) for count in counts],
            "errs": both("census.errs", share=f"{right['value'] * 100:.1f}", n=f"{right['n']:,}"),
        }

    @answer_errors
    def census(self, question: dict[str, Any]) -> dict[str, Any]:
        """Draw the next samples and add what the judge sees in them.

        Args:
            question: "model", "truncation", "seed" of the first sample, and the counts so far: how many of each
                class were "seen", and how many were what was asked for ("agreed").

        Returns:
            "seen" and "agreed" with these samples, "bounds": for each class its share's 95 % interval, and "named":
            seed and truncation as words.
        """
        model = self._registry.get(question.get("model"))
        judge, _ = _judge(self._registry.modality, self._registry.header(question.get("model")))
        seen, agreed = _so_far(question, judge.config.classes)
        done, first = sum(seen), check_seed(question.get("seed"))  # type: ignore[arg-type]  # refuses the rest
        seeds = [(first + n) % (MAX_SEED + 1) for n in range(done, min(done + BATCH, TOTAL))]
        with self._lock:
            pictures, asked = self._draw(model, seeds, question.get("truncation"))  # type: ignore[arg-type]
            found = _seen(judge, pictures, self._registry.header(question.get("model")).data_set)
        seen = [before + found.count(place) for place, before in enumerate(seen)]
        agreed += sum(a == b for a, b in zip(asked, found, strict=True))
        return {
            "seen": seen,
            "agreed": agreed,
            "bounds": [wilson_interval(count, sum(seen)) for count in seen],
            "named": both("census.named", seed=first, truncation=f"{question['truncation']:g}"),
        }


@cache
def _loaded(modality: str, data_set: str) -> tuple[FeatureNetwork, Header]:
    kind = shipped_networks.KINDS[0]
    return shipped_networks.load(modality, data_set, kind), shipped_networks.read_header(modality, data_set, kind)


def _judge(modality: str, header: Header) -> tuple[FeatureNetwork, Header]:
    """The judge of a model's data set with what its file says.

    Raises:
        CheckpointError: if there is none.
        ConfigError: if it tells other classes apart than the model knows.
    """
    judge, file = _loaded(modality, header.data_set)
    if file.classes != header.classes:
        raise ConfigError(
            "The judge of {name} knows other classes than this model: it cannot count what the model makes.",
            name=header.data_set,
        )
    return judge, file


def _seen(judge: FeatureNetwork, pictures: Tensor, data_set: str) -> list[int]:
    """The class that a judge sees in each picture.

    Raises:
        ConfigError: if it was trained on pictures of another size.
    """
    if pictures.shape[-1] != judge.config.width:
        raise ConfigError(
            "The judges of {name} look at pictures of another size: train them with --size {size}.",
            name=data_set,
            size=pictures.shape[-1],
        )
    with torch.inference_mode():
        places: list[int] = extract_features(judge, pictures)[1].argmax(dim=1).tolist()
    return places


def _so_far(question: dict[str, Any], classes: int) -> tuple[list[int], int]:
    """The counts "seen", one a class, and "agreed"; nothing is seen before the first samples.

    Raises:
        ConfigError: if they are no counts of fewer samples than are drawn in all.
    """
    seen: Any = question.get("seen") or [0] * classes
    agreed: Any = question.get("agreed")
    counts = [*seen, agreed] if isinstance(seen, list) else []
    whole = len(counts) == classes + 1 and all(type(count) is int and count >= 0 for count in counts)
    if not whole or not agreed <= sum(seen) < TOTAL:
        raise range_error("Count", counts or seen, 0, TOTAL - 1, whole=True)
    return list(seen), agreed
