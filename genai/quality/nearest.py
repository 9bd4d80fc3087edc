"""An index of the training items, which finds the nearest one without the data set.

It holds for each item its 64 features by a feature network, standardised over the training part and rounded to a
tenth. A distance alone means nothing, so the index also has those of real items that training never saw. It
holds the items themselves too, compressed by the modality, so that the page can show the nearest one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.compressed import compress, decompress
from genai.checkpoint.header import Header, card_fields
from genai.datasets.card import DataCard
from genai.errors import CheckpointError
from genai.quality.data_identity import FINGERPRINT, DataIdentity, identity_of, missing_index_error
from genai.quality.distances import nearest
from genai.quality.feature_network import FeatureNetwork, extract_features, mean_and_deviation
from genai.quality.figures import PERCENTILES, percentiles

FOLDER = checkpoint.SHIPPED / "indexes"
SCALE = 10  # int8 steps per standard deviation: rounding moves an item by about 0.23 of them
OLD_SCALE = 20  # of an index that does not say it


@dataclass(frozen=True)
class Neighbour:
    """The training item nearest to another one.

    Args:
        id: Its name in the data set.
        row: Its row in the index.
        distance: In standard deviations of the features.
        nearer: Fraction of the held-out items that are nearer to their nearest training item; 0 for a copy.
    """

    id: str
    row: int
    distance: float
    nearer: float


@dataclass(frozen=True)
class NearestIndex:
    """The features of a training part.

    Args:
        ids: Names of the N items.
        embeddings: (N, 64) int8, standardised features times `scale`.
        mean: (64,), mean of the features before standardisation.
        deviation: (64,), their standard deviation.
        held_out: (101,), percentiles 0 to 100 of the distances of held-out items to their nearest training item.
        files: The items in compressed files, as the modality makes them; empty in an index of version 0.1.
        starts: (N + 1,) int32, where each sound starts in the file, and where the file ends; empty for pictures.
        scale: Steps per standard deviation.
        side: Of the pictures in the files, in pixels; 0 for sounds, and where an older file does not say it.
    """

    ids: Sequence[str]
    embeddings: Tensor
    mean: Tensor
    deviation: Tensor
    held_out: Tensor
    files: Sequence[bytes] = ()
    starts: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int32))
    scale: int = SCALE
    side: int = 0

    def reorder(self, order: Tensor) -> "NearestIndex":
        """Return the same index with its items in another order (N,); one without files."""
        ids = [self.ids[row] for row in order.tolist()]
        return replace(self, ids=ids, embeddings=self.embeddings[order])

    @property
    def standardised(self) -> Tensor:
        """The items' features in standard deviations, (N, 64)."""
        return self.embeddings.float() / self.scale

    def distances(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return distances (M,) and rows (M,) of the training items nearest to features (M, 64)."""
        neighbours = nearest((features - self.mean) / self.deviation, self.standardised)
        return neighbours.distances[:, 0], neighbours.rows[:, 0]

    def neighbours(self, features: Tensor) -> list[Neighbour]:
        """Return the training item nearest to each row of features (M, 64), which are not standardised."""
        distances, rows = self.distances(features)
        shares = (torch.searchsorted(self.held_out, distances) / (PERCENTILES - 1)).clamp(max=1)
        return [
            Neighbour(self.ids[row], row, distance, share)
            for row, distance, share in zip(rows.tolist(), distances.tolist(), shares.tolist(), strict=True)
        ]


def build_index(network: FeatureNetwork, train: Tensor, test: Tensor, ids: Sequence[str]) -> NearestIndex:
    """Index a training part.

    Args:
        network: Computes the features.
        train: (N, C, H, W), images of the training part.
        test: (M, C, H, W), held-out images.
        ids: Names of the N training items.
    """
    train_features, _ = extract_features(network, train)
    test_features, _ = extract_features(network, test)
    mean, deviation = mean_and_deviation(train_features)
    embeddings = ((train_features - mean) / deviation * SCALE).round().clamp(-127, 127).to(torch.int8)
    index = NearestIndex(ids, embeddings, mean, deviation, held_out=torch.empty(0))
    distances, _ = index.distances(test_features)
    return replace(index, held_out=percentiles(distances))


def save(
    index: NearestIndex,
    network: FeatureNetwork,
    modality: str,
    card: DataCard,
    folder: Path,
    data_sha256: str = "",
) -> Path:
    """Write an index with the fingerprint of its data to the file `folder`/modality/name; return its path."""
    tensors = {name: value for name, value in vars(index).items() if isinstance(value, Tensor)}
    tensors["compressed_ids"] = compress("\n".join(index.ids).encode())
    # One feature of all items after the other: to 53 % over all shipped sets; one item after the other: to 59 %.
    tensors["compressed_embeddings"] = compress(tensors.pop("embeddings").T.numpy().tobytes())
    tensors["files"] = _to_tensor(b"".join(index.files))
    tensors["file_sizes"] = torch.tensor([len(file) for file in index.files], dtype=torch.int32)
    config = {
        "judge": asdict(network.config),
        "judge_sha256": checkpoint.fingerprint(network),
        "scale": index.scale,
        "side": index.side,
    }
    path = folder / modality / f"{card.name}{checkpoint.SUFFIX}"
    header = Header(modality=modality, architecture="index", config=config, **card_fields(card))
    header.training[FINGERPRINT] = data_sha256
    checkpoint.save(path, header, tensors, torch.float32)
    return path


def load(
    modality: str,
    data_set: str,
    network: FeatureNetwork,
    folder: Path = FOLDER,
    data: DataIdentity | None = None,
) -> NearestIndex:
    """Load the index of a data set.

    Args:
        modality: image or audio.
        data_set: Its name.
        network: The feature network with which it must have been built.
        folder: Folder of indexes.
        data: What it must have been built from; None takes whatever has the name.

    Raises:
        CheckpointError: if there is none, it cannot be used, it was built with another feature network, or from
            other data of the same name.
    """
    if data is not None:
        path = folder / modality / f"{data_set}{checkpoint.SUFFIX}"
        if not path.exists() or not data.matches(identity_of(checkpoint.read_header(path))):
            raise missing_index_error(data)
    path = checkpoint.find(data_set, modality, folder)
    header, tensors = checkpoint.load(path, modality)
    if header.config.get("judge_sha256") != checkpoint.fingerprint(network):
        raise CheckpointError(
            "{file} was made with another judge than the one that is here: make it anew with `{command}`.",
            file=path.name,
            command=build_command(modality, data_set),
        )
    if "compressed_ids" in tensors:
        ids = decompress(tensors.pop("compressed_ids"), path.name).decode().split("\n")
    else:  # an index of before 0.2
        ids = tensors.pop("ids").numpy().tobytes().decode().split("\n")
    if "compressed_embeddings" in tensors:  # not in an index of before 0.2
        content = bytearray(decompress(tensors.pop("compressed_embeddings"), path.name))
        tensors["embeddings"] = torch.frombuffer(content, dtype=torch.int8).view(-1, len(ids)).T.contiguous()
    files: list[bytes] = []
    if "files" in tensors:  # not in an index of version 0.1
        sizes = tensors.pop("file_sizes").tolist()
        files = [part.numpy().tobytes() for part in torch.split(tensors.pop("files"), sizes)]
    scale, side = header.config.get("scale", OLD_SCALE), header.config.get("side", 0)
    return NearestIndex(ids, files=files, scale=scale, side=side, **tensors)


def require_files(index: NearestIndex, modality: str, data_set: str) -> Sequence[bytes]:
    """Return the files with the items of an index.

    Raises:
        CheckpointError: if it has none.
    """
    if not index.files:
        raise CheckpointError(
            "The index of {name} is of an older version, without the training items themselves: make it anew "
            "with `{command}`.",
            name=data_set,
            command=build_command(modality, data_set),
        )
    return index.files


def build_command(modality: str, data_set: str) -> str:
    """Return the command that makes the index of a data set."""
    return f"python -m genai.{modality}.indexing {data_set}"


def _to_tensor(content: bytes) -> Tensor:
    return torch.frombuffer(bytearray(content), dtype=torch.uint8) if content else torch.empty(0, dtype=torch.uint8)
