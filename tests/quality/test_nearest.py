"""The nearest training item by the index, against a comparison with every item."""

from dataclasses import replace

import pytest
import torch

from genai import checkpoint
from genai.checkpoint import fingerprint
from genai.datasets.card import DataCard
from genai.errors import CheckpointError
from genai.quality import nearest
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig, extract_features, initialise
from genai.quality.figures import PERCENTILES
from genai.seeds import make_rng

CARD = DataCard("shapes", {"en": "Shapes", "zh-CN": "形状"}, "MIT", "nobody", "tests")


def make_network(seed=0):
    network = FeatureNetwork(FeatureNetworkConfig(1, 16, 16, 2)).eval().requires_grad_(False)
    initialise(network, make_rng(seed))
    return network


def pictures(count, stream):
    return torch.rand(count, 1, 16, 16, generator=make_rng(0, stream)) * 2 - 1


@pytest.fixture(scope="module")
def index():
    ids = [f"folder/图 {n}" for n in range(400)]
    return nearest.build_index(make_network(), pictures(400, 1), pictures(100, 2), ids)


def all_distances(train, others):
    """Distances between every two items, in standard deviations of the training part, not rounded."""
    network = make_network()
    train_features = extract_features(network, train)[0].double()
    features = extract_features(network, others)[0].double()
    mean = train_features.mean(dim=0)
    deviation = train_features.std(dim=0)
    return (((features - mean) / deviation)[:, None] - ((train_features - mean) / deviation)[None]).norm(dim=2)


def test_the_nearest_item_is_the_one_that_comparing_with_all_finds(index):
    table = all_distances(pictures(400, 1), pictures(100, 3))
    neighbours = index.neighbours(extract_features(make_network(), pictures(100, 3))[0])
    distances = torch.tensor([one.distance for one in neighbours], dtype=torch.float64)
    rounding = (distances - table.min(dim=1).values).abs().max()
    assert rounding < 0.25  # at most sqrt(64) / 10 / 2
    assert sum(one.row == row for one, row in zip(neighbours, table.argmin(dim=1).tolist(), strict=True)) > 90
    assert all(one.id == f"folder/图 {one.row}" for one in neighbours)


def test_a_copy_is_found_and_is_nearer_than_any_real_item(index):
    neighbours = index.neighbours(extract_features(make_network(), pictures(400, 1)[30:40])[0])
    assert [one.row for one in neighbours] == list(range(30, 40))
    assert all(one.distance < 0.35 and one.nearer == 0 for one in neighbours)


def test_held_out_items_are_spread_evenly_over_their_own_percentiles(index):
    assert index.held_out.shape == (PERCENTILES,)
    shares = sorted(one.nearer for one in index.neighbours(extract_features(make_network(), pictures(100, 2))[0]))
    assert shares == pytest.approx([n / 99 for n in range(100)], abs=0.03)


def test_an_index_is_loaded_from_its_file_and_one_of_another_network_is_refused(index, tmp_path):
    path = nearest.save(index, make_network(), "image", CARD, tmp_path)
    assert path.stat().st_size < 400 * (64 + 20) + 4000
    loaded = nearest.load("image", "shapes", make_network(), tmp_path)
    assert list(loaded.ids) == list(index.ids)
    assert torch.equal(loaded.embeddings, index.embeddings)
    features = extract_features(make_network(), pictures(5, 4))[0]
    assert loaded.neighbours(features) == index.neighbours(features)
    with pytest.raises(CheckpointError, match=r"another judge.*python -m genai\.image\.indexing shapes"):
        nearest.load("image", "shapes", make_network(1), tmp_path)


def test_the_items_and_their_places_are_in_the_file_too(index, tmp_path):
    full = replace(index, files=[b"one", b"", b"three"], starts=torch.tensor([0, 5, 9], dtype=torch.int32))
    nearest.save(full, make_network(), "image", CARD, tmp_path)
    loaded = nearest.load("image", "shapes", make_network(), tmp_path)
    assert list(loaded.files) == [b"one", b"", b"three"]
    assert loaded.starts.tolist() == [0, 5, 9]


def test_an_index_from_before_there_were_items_is_loaded_without_them(index, tmp_path):
    path = nearest.save(index, make_network(), "image", CARD, tmp_path)
    header, tensors = checkpoint.load(path, "image")
    del header.config["scale"]
    old = {name: tensors[name] for name in ("mean", "deviation", "held_out")}
    old["embeddings"] = 2 * index.embeddings  # which had twice as many steps
    old["ids"] = torch.frombuffer(bytearray("\n".join(index.ids).encode()), dtype=torch.uint8)
    checkpoint.save(path, header, old, torch.float32)
    loaded = nearest.load("image", "shapes", make_network(), tmp_path)
    assert list(loaded.ids) == list(index.ids)
    assert list(loaded.files) == []
    features = extract_features(make_network(), pictures(5, 4))[0]
    assert loaded.neighbours(features) == index.neighbours(features)


def test_in_another_order_the_same_items_are_found(index):
    order = torch.randperm(400, generator=make_rng(5))
    features = extract_features(make_network(), pictures(20, 4))[0]
    before, after = index.neighbours(features), index.reorder(order).neighbours(features)
    assert [(one.id, one.distance) for one in after] == [(one.id, one.distance) for one in before]
    assert [order[one.row].item() for one in after] == [one.row for one in before]


def test_a_fingerprint_is_that_of_the_stored_weights():
    network, stored = make_network(), make_network()
    stored.load_state_dict(
        {n: w.half().float() if w.is_floating_point() else w for n, w in network.state_dict().items()}
    )
    assert fingerprint(network) == fingerprint(stored) != fingerprint(make_network(1))
