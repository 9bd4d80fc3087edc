"""Which training item is nearest: 64 small numbers stand for each, so that one can look without the data.

The numbers are a judge's features of the item, each with mean 0 and deviation 1 over the training part, rounded
to a twentieth. Distances mean nothing by themselves: beside them lie those of real items that training never saw.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.datasets.card import DataCard
from genai.errors import CheckpointError
from genai.quality.distances import nearest
from genai.quality.feature_network import FeatureNetwork, extract_features
from genai.quality.figures import PERCENTILES, percentiles

FOLDER = checkpoint.SHIPPED / "indexes"
SCALE = 20  # steps a standard deviation: int8 reaches to 6.4 of them, and rounding moves an item by about 0.1


@dataclass(frozen=True)
class Neighbour:
    """The training item nearest to another one.

    Args:
        id: What the data set calls it.
        row: Its place in the training part.
        distance: In standard deviations of the judge's features.
        nearer: Share of real items, unseen in training, that lie nearer to their nearest one: for a copy 0.
    """

    id: str
    row: int
    distance: float
    nearer: float


@dataclass(frozen=True)
class NearestIndex:
    """The training part of a data set, as a judge sees it.

    Args:
        ids: Names of the N items.
        embeddings: (N, 64) int8, features in steps of 1 / SCALE.
        mean: (64,), of the features before.
        deviation: (64,).
        held_out: (101,), the percentiles 0 to 100 of the distances of held-out items.
    """

    ids: Sequence[str]
    embeddings: Tensor
    mean: Tensor
    deviation: Tensor
    held_out: Tensor

    def distances(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return distances (M,) and rows (M,) of the training items nearest to features (M, 64) of the judge."""
        found = nearest((features - self.mean) / self.deviation, self.embeddings.float() / SCALE)
        return found.distances[:, 0], found.rows[:, 0]

    def neighbours(self, features: Tensor) -> list[Neighbour]:
        """Return the nearest training item of each row of features (M, 64) of the judge."""
        distances, rows = self.distances(features)
        below = torch.searchsorted(self.held_out, distances) / (PERCENTILES - 1)
        return [
            Neighbour(self.ids[row], row, distance, min(1.0, share))
            for row, distance, share in zip(rows.tolist(), distances.tolist(), below.tolist(), strict=True)
        ]


def build_index(judge: FeatureNetwork, train: Tensor, test: Tensor, ids: Sequence[str]) -> NearestIndex:
    """Index a training part.

    Args:
        judge: Whose features are taken.
        train: (N, C, H, W), pictures as the judge sees them.
        test: (M, C, H, W), held-out ones.
        ids: Names of the N.
    """
    features = extract_features(judge, train)[0]
    mean, deviation = features.mean(dim=0), features.std(dim=0).clamp(min=1e-6)
    embeddings = ((features - mean) / deviation * SCALE).round().clamp(-127, 127).to(torch.int8)
    index = NearestIndex(ids, embeddings, mean, deviation, torch.empty(0))
    distances, _ = index.distances(extract_features(judge, test)[0])
    return NearestIndex(ids, embeddings, mean, deviation, percentiles(distances))


def save(index: NearestIndex, judge: FeatureNetwork, modality: str, card: DataCard, folder: Path) -> Path:
    """Write an index as a file of its own, `folder`/modality/name; return its path."""
    tensors = {name: value for name, value in vars(index).items() if name != "ids"}
    tensors["ids"] = torch.frombuffer(bytearray("\n".join(index.ids).encode()), dtype=torch.uint8)
    config = {"judge": asdict(judge.config), "judge_sha256": checkpoint.fingerprint(judge)}
    path = folder / modality / f"{card.name}{checkpoint.SUFFIX}"
    header = Header(modality=modality, architecture="index", config=config, **card_fields(card))
    checkpoint.save(path, header, tensors, torch.float32)
    return path


def load(modality: str, data_set: str, judge: FeatureNetwork, folder: Path = FOLDER) -> NearestIndex:
    """Load the index of a data set.

    Raises:
        CheckpointError: if there is none, it cannot be used, or it was made with another judge.
    """
    path = checkpoint.find(data_set, modality, folder)
    header, tensors = checkpoint.load(path, modality)
    if header.config.get("judge_sha256") != checkpoint.fingerprint(judge):
        raise CheckpointError(
            "{file} was made with another judge than the one that is here: make it anew with `{command}`.",
            file=path.name,
            command=f"python -m genai.{modality}.indexing {data_set}",
        )
    ids = bytes(tensors.pop("ids").numpy()).decode().split("\n")
    return NearestIndex(ids, **tensors)
