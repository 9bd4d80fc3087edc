"""What the Image tab asks about one picture: its feature maps, its score, the training picture nearest to it.

Answers are plain data, computed from the question alone; a mistake is answered by a sentence.
"""

import base64
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai import index, judges
from genai.errors import CheckpointError
from genai.image.internals import look_inside
from genai.image.sampling import ImageModel, ImageRequest
from genai.index import Index
from genai.judge import Judge, look
from genai.ui.errors import sentence
from genai.ui.registry import Registry

SHOWN = 64  # maps of a layer: the first ones; their order means nothing


class Inside:
    """Answers for all visitors.

    Args:
        registry: The image models.
    """

    def __init__(self, registry: Registry[ImageModel]) -> None:
        self._registry = registry

    def inside(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tell what happened between noise and score.

        Args:
            data: "model", "label" (a number or null), "seed" and "truncation".

        Returns:
            "drawn" and "judged": for each layer its sheet of maps as PNG, their count, side and range; "score";
            "scores": percentiles of the scores of real and generated pictures; "nearest": the nearest training
            picture, or "missing": why there is none.
        """
        try:
            model = self._registry.get(data.get("model"))
            request = ImageRequest(data.get("label"), data.get("seed", 0), data.get("truncation", 1.0))
            found = look_inside(model, request)
        except Exception as error:
            return {"sentence": sentence(error)}
        scores = model.header.scores if model.header else {}
        return {
            "drawn": [sheet(maps) for maps in found.drawn],
            "judged": [sheet(maps) for maps in found.judged],
            "score": found.score,
            "scores": scores,
            **nearest(model, found.drawn[-1]),
        }


def sheet(maps: Tensor) -> dict[str, Any]:
    """Lay feature maps (F, H, W) out in a square as one grey PNG, from the layer's least number to its largest."""
    count, side = len(maps), maps.shape[-1]
    shown = maps[:SHOWN]
    low, high = shown.min().item(), shown.max().item()
    levels = ((shown - low) / max(high - low, 1e-9) * 255).byte().numpy()
    columns = int(np.ceil(len(levels) ** 0.5))
    grid = np.zeros((-(-len(levels) // columns) * side, columns * side), np.uint8)
    for place, level in enumerate(levels):
        y, x = place // columns * side, place % columns * side
        grid[y : y + side, x : x + side] = level
    file = io.BytesIO()
    Image.fromarray(grid).save(file, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"source": source, "count": count, "columns": columns, "side": side, "low": low, "high": high}


@cache
def _known(data_set: str) -> tuple[Judge, Index]:
    judge = judges.load("image", data_set, judges.KINDS[0])
    return judge, index.load("image", data_set, judge)


@torch.inference_mode()
def nearest(model: ImageModel, picture: Tensor) -> dict[str, Any]:
    """Find the training picture nearest to one (C, S, S): "nearest", or "missing" where that cannot be known."""
    data_set = model.header.data_set if model.header else ""
    try:
        judge, items = _known(Path(data_set).name)
    except CheckpointError as error:
        return {"nearest": None, "missing": sentence(error)}
    (found,) = items.neighbours(look(judge, picture[None])[0])
    return {"nearest": {**vars(found), "usual": items.held_out[::5].tolist()}, "missing": None}
