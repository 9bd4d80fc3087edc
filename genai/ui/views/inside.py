"""One result of a GAN from noise to score: feature maps, the discriminator's score, the nearest training item.

Answers are plain data, computed from the question alone; errors are answered by a sentence.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, TypedDict

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.errors import CheckpointError
from genai.gan.internals import look_inside
from genai.language.strings import Bilingual
from genai.quality import nearest as index
from genai.quality import shipped_networks
from genai.quality.data_identity import DataIdentity, identity_of
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.nearest import NearestIndex
from genai.serving.models import Registry
from genai.ui.views.files import data_url
from genai.ui.views.questions import ResultQuestion, latent_request
from genai.ui.views.renderer import M, Renderer
from genai.ui.views.score import Game, ScoreAnswer, explain_game, explain_score
from genai.ui.words.errors import answer_errors, sentence

PART = Path(__file__).with_name("inside")  # of a view
MAX_MAPS = 64  # feature maps shown of a layer: the first ones; their order means nothing


class Sheet(TypedDict):
    """The feature maps of a layer as one picture.

    Attributes:
        source: A grey PNG as a data URL: black is `low`, white `high`.
        count: Maps of the layer, of which the first 64 are in the picture.
        shape: Of one map: [H, W], or [L] for a signal.
        low: Smallest value of the maps in the picture.
        high: Largest value.
    """

    source: str
    count: int
    shape: list[int]
    low: float
    high: float


class NearestItem(TypedDict):
    """The nearest training item.

    Attributes:
        id: Its name in the data set.
        row: Its position in the training part, from 0.
        distance: In standard deviations of the features.
        nearer: 0 to 1, the share of real unseen items that lie nearer to their nearest one.
        usual: Percentiles 0 to 100 of the distances of real unseen items.
        searched: Items that were compared: all of the training part.
        credit: Authors and licence of the data set.
    """

    id: str
    row: int
    distance: float
    nearer: float
    usual: list[float]
    searched: int
    credit: str


class NearestAnswer(TypedDict):
    """The nearest training item, or why there is none."""

    nearest: NearestItem | None
    missing: Bilingual | None


class InsideAnswer(NearestAnswer):
    """One result from noise to score.

    Attributes:
        drawn: A sheet for each layer of the generator; the last is the picture itself, but a sound is no sheet.
        judged: For each network of the discriminator, a sheet for each layer.
        score: The discriminator's score; None without one.
        game: By which losses the networks were trained; None without a discriminator.
        scores: Percentiles 0 to 100 of the logits of "real" and "fake" items; empty if the file has none.
        moved: How much the score falls when each part of a sound is silenced; empty for pictures.
    """

    drawn: list[Sheet]
    judged: list[list[Sheet]]
    score: ScoreAnswer | None
    game: Game | None
    scores: Mapping[str, list[float]]
    moved: Sequence[float]


class InsideQuestions(Generic[M]):
    """Answers for all visitors.

    Args:
        registry: The modality's models.
        renderer: The modality.
    """

    def __init__(self, registry: Registry[M], renderer: Renderer[M]) -> None:
        self._registry = registry
        self._renderer = renderer

    @answer_errors
    def inside(self, question: ResultQuestion) -> InsideAnswer:
        """Show what happened between noise and score."""
        model = self._registry.get(question.get("model"))
        renderer = self._renderer
        [trace] = look_inside(model, renderer.generate(model, [latent_request(question)]))
        [picture] = renderer.to_pictures(trace.item[None])
        maps_drawn = [*trace.generator_maps, trace.item] if trace.item.ndim == 3 else trace.generator_maps
        return {
            "drawn": [sheet(renderer.orient(maps)) for maps in maps_drawn],
            "judged": [[sheet(renderer.orient(maps)) for maps in layers] for layers in trace.discriminator_maps],
            "score": None if trace.score is None else explain_score(trace.score, model.header),
            "game": None if trace.score is None else explain_game(trace.score, model.header),
            "scores": model.header.scores if model.header else {},
            "moved": [round(drop, 3) for drop in renderer.score_drops(model, trace).tolist()],
            **nearest(self._registry.modality, model.header, picture, self._registry.folder),
        }


def sheet(maps: Tensor) -> Sheet:
    """Lay feature maps out as one grey PNG, scaled from their smallest value to their largest.

    Args:
        maps: (F, H, W), set side by side; or signals (F, L), one a row.
    """
    values = maps[:MAX_MAPS].numpy()
    tiles = values if values.ndim == 3 else values[None]  # signals: one tile with a row for each
    low = float(tiles.min())
    high = float(tiles.max())
    count, height, width = tiles.shape
    columns = int(np.ceil(count**0.5))
    rows = -(-count // columns)
    levels = np.zeros((rows * columns, height, width), np.uint8)
    levels[:count] = (tiles - low) / max(high - low, 1e-9) * 255
    grid = levels.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
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
def load_index(
    modality: str, data_set: str, checkpoints: Path | None = None, data: DataIdentity | None = None
) -> tuple[FeatureNetwork, NearestIndex]:
    """Load the first feature network of a data set and the index of nearest items that was built with it.

    Args:
        modality: image or audio.
        data_set: Its name.
        checkpoints: The folder beside whose models they are, if it has any; else the shipped ones are taken.
        data: What both must have been made from; None takes whatever has the name.

    Raises:
        CheckpointError: if one of them is missing, of other data, or cannot be used.
    """
    judges = checkpoint.folder_beside("judges", checkpoints)
    indexes = checkpoint.folder_beside("indexes", checkpoints)
    network = shipped_networks.load(modality, data_set, shipped_networks.KINDS[0], judges, data)
    return network, index.load(modality, data_set, network, indexes, data)


@torch.inference_mode()
def nearest(
    modality: str, header: Header | None, picture: Tensor, checkpoints: Path | None = None
) -> NearestAnswer:
    """Find the training item nearest to a picture (C, H, W), or say why none can be found.

    The model has this header; the other arguments are those of `load_index`.
    """
    try:
        data = identity_of(header) if header else None
        network, items = load_index(modality, header.data_set if header else "", checkpoints, data)
    except CheckpointError as error:
        return {"nearest": None, "missing": sentence(error)}
    features, _ = extract_features(network, picture[None])
    (neighbour,) = items.neighbours(features)
    item: NearestItem = {
        "id": neighbour.id,
        "row": neighbour.row,
        "distance": neighbour.distance,
        "nearer": neighbour.nearer,
        "usual": items.held_out.tolist(),
        "searched": len(items.ids),
        "credit": f"{header.attribution} ({header.licence})" if header else "",
    }
    return {"nearest": item, "missing": None}
