"""The feature networks (judges) of a data set, and the index that the first of them gives."""

from collections.abc import Callable
from pathlib import Path

from genai.gan.data import GanData
from genai.quality import nearest, shipped_networks
from genai.quality.feature_network import Draw, FeatureNetwork, Precision


def train_judges(
    data: GanData,
    draw: Draw,
    steps: int,
    folder: Path,
    *,
    precision: Precision = "no",
    seed: int = 0,
) -> None:
    """Train both judges of a data set, print their accuracy, and save them.

    Args:
        data: The data set.
        draw: Returns a batch of the training part.
        steps: Training steps for each.
        folder: Of the files, which go to its subfolder for the modality.
        precision: Of the training.
        seed: Of their initial weights.

    Raises:
        DataError: if the data has no test part.
    """
    data.check_test_part()
    shipped_networks.train_networks(
        data.modality,
        data.card,
        data.labels,
        draw,
        data.train_labels,
        data.labelled_test,
        steps,
        folder,
        known=data.known,
        data_sha256=data.fingerprint,
        precision=precision,
        seed=seed,
    )


def write_index(
    data: GanData,
    network: FeatureNetwork,
    add_copies: Callable[[nearest.NearestIndex], nearest.NearestIndex],
    folder: Path,
) -> Path:
    """Write the features that a judge gives each item of the training part, and small copies of the items.

    Args:
        data: The data set.
        network: The judge.
        add_copies: Returns the index with the copies in it.
        folder: Of the file, which goes to its subfolder for the modality.

    Returns:
        The path of the file.

    Raises:
        DataError: if the data has no test part.
    """
    data.check_test_part()
    train = data.to_pictures(data.train)
    index = nearest.build_index(network, train, data.labelled_test.pictures, data.train_ids)
    return nearest.save(add_copies(index), network, data.modality, data.card, folder, data.fingerprint)
