"""What a tab asks about one result of a GAN: its feature maps, its score, the training item nearest to it.

Answers are plain data, computed from the question alone; a mistake is answered by a sentence.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai.checkpoint.header import Header
from genai.errors import CheckpointError
from genai.quality import nearest as index
from genai.quality import shipped_networks
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.nearest import NearestIndex
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.words.errors import answer_errors, sentence

PART = Path(__file__).with_name("inside")  # of a view
SHOWN = 64  # maps of a layer: the first ones; their order means nothing


class Described(Protocol):
    """A model that came from a file."""

    @property
    def header(self) -> Header | None:
        """What the file says of itself."""


M = TypeVar("M", bound=Described)


@dataclass(frozen=True)
class Inspection:
    """What a modality tells of one result.

    Args:
        drawn: Feature maps after each layer of the generator, (F, H, W) or (F, L).
        judged: The same of each judge of the discriminator.
        score: The discriminator's logit, of several judges the mean.
        picture: (C, H, W), the result as the judges of the data set see it.
        more: Further plain data for the view.
    """

    drawn: list[Tensor]
    judged: list[list[Tensor]]
    score: float | None
    picture: Tensor
    more: Mapping[str, Any] = field(default_factory=dict)


class InsideQuestions(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        tell: From a model and the question's data to what is told.
    """

    def __init__(self, registry: Registry[M], tell: Callable[[M, dict[str, Any]], Inspection]) -> None:
        self._registry, self._tell = registry, tell

    @answer_errors
    def inside(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell what happened between noise and score.

        Args:
            data: "model", "label" (a number or null), "seed" and "truncation".

        Returns:
            "drawn" and, for each judge, "judged": sheets of maps, layer by layer; "score"; "scores": percentiles of
            those of real and generated items; "nearest": the nearest training item, or "missing": why none.
        """
        model = self._registry.get(data.get("model"))
        found = self._tell(model, data)
        return {
            "drawn": [sheet(maps) for maps in found.drawn],
            "judged": [[sheet(maps) for maps in layers] for layers in found.judged],
            "score": found.score,
            "scores": model.header.scores if model.header else {},
            **nearest(self._registry.modality, model.header, found.picture),
            **found.more,
        }


def sheet(maps: Tensor) -> dict[str, Any]:
    """Lay feature maps out as one grey PNG, from the layer's least number to its largest.

    Args:
        maps: (F, H, W), set side by side; or signals (F, L), one a row.
    """
    rows = maps[:SHOWN].numpy()
    shown = rows if rows.ndim == 3 else rows[None]
    low, high = float(shown.min()), float(shown.max())
    number, height, width = shown.shape
    columns = int(np.ceil(number**0.5))
    lines = -(-number // columns)
    levels = np.zeros((lines * columns, height, width), np.uint8)
    levels[:number] = (shown - low) / max(high - low, 1e-9) * 255
    grid = levels.reshape(lines, columns, height, width).swapaxes(1, 2).reshape(lines * height, columns * width)
    file = io.BytesIO()
    Image.fromarray(grid).save(file, "PNG")
    return {
        "source": data_url("image/png", file.getvalue()),
        "count": len(maps),
        "shape": list(maps.shape[1:]),
        "low": low,
        "high": high,
    }


@cache
def known(modality: str, data_set: str) -> tuple[FeatureNetwork, NearestIndex]:
    """The first judge of a data set and the index that was made with it.

    Raises:
        CheckpointError: if one of them is missing or cannot be used.
    """
    judge = shipped_networks.load(modality, data_set, shipped_networks.KINDS[0])
    return judge, index.load(modality, data_set, judge)


@torch.inference_mode()
def nearest(modality: str, header: Header | None, picture: Tensor) -> dict[str, Any]:
    """Find the training item nearest to a picture (C, H, W): "nearest", or "missing" where that cannot be known."""
    try:
        judge, items = known(modality, header.data_set if header else "")
    except CheckpointError as error:
        return {"nearest": None, "missing": sentence(error)}
    (found,) = items.neighbours(extract_features(judge, picture[None])[0])
    return {"nearest": {**vars(found), "usual": items.held_out.tolist()}, "missing": None}
