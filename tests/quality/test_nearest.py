"""The nearest training item, by small numbers, against comparing with every item."""

import pytest
import torch

from genai.checkpoint import fingerprint
from genai.datasets.card import DataCard
from genai.errors import CheckpointError
from genai.quality import nearest
from genai.quality.feature_network import FeatureNetwork, FeatureNetworkConfig, extract_features, initialise
from genai.quality.figures import PERCENTILES
from genai.seeds import make_rng

CARD = DataCard("shapes", {"en": "Shapes", "zh-CN": "形状"}, "MIT", "nobody", "tests")


def a_judge(seed=0):
    judge = FeatureNetwork(FeatureNetworkConfig(1, 16, 16, 2)).eval().requires_grad_(False)
    initialise(judge, make_rng(seed))
    return judge


def pictures(count, stream):
    return torch.rand(count, 1, 16, 16, generator=make_rng(0, stream)) * 2 - 1


@pytest.fixture(scope="module")
def made():
    ids = [f"folder/图 {n}" for n in range(400)]
    return nearest.build_index(a_judge(), pictures(400, 1), pictures(100, 2), ids)


def by_comparing(train, others):
    """Distances between every two, in standard deviations of the training part, not rounded."""
    features, looked = (extract_features(a_judge(), x)[0].double() for x in (train, others))
    mean, deviation = features.mean(dim=0), features.std(dim=0)
    return (((looked - mean) / deviation)[:, None] - ((features - mean) / deviation)[None]).norm(dim=2)


def test_the_nearest_item_is_the_one_that_comparing_with_all_finds(made):
    table = by_comparing(pictures(400, 1), pictures(100, 3))
    found = made.neighbours(extract_features(a_judge(), pictures(100, 3))[0])
    distances = torch.tensor([one.distance for one in found], dtype=torch.float64)
    assert (
        distances - table.min(dim=1).values
    ).abs().max() < 0.15  # of rounding, at most sqrt(64) / 20 / 2 a number
    assert sum(one.row == row for one, row in zip(found, table.argmin(dim=1).tolist(), strict=True)) > 90
    assert all(one.id == f"folder/图 {one.row}" for one in found)


def test_a_copy_is_found_and_is_nearer_than_any_real_item(made):
    found = made.neighbours(extract_features(a_judge(), pictures(400, 1)[30:40])[0])
    assert [one.row for one in found] == list(range(30, 40))
    assert all(one.distance < 0.2 and one.nearer == 0 for one in found)


def test_held_out_items_are_spread_evenly_over_their_own_percentiles(made):
    assert made.held_out.shape == (PERCENTILES,)
    shares = sorted(one.nearer for one in made.neighbours(extract_features(a_judge(), pictures(100, 2))[0]))
    assert shares == pytest.approx([n / 99 for n in range(100)], abs=0.03)


def test_it_comes_back_from_its_file_and_another_judges_is_refused(made, tmp_path):
    path = nearest.save(made, a_judge(), "image", CARD, tmp_path)
    assert path.stat().st_size < 400 * (64 + 20) + 4000
    back = nearest.load("image", "shapes", a_judge(), tmp_path)
    assert list(back.ids) == list(made.ids)
    assert back.embeddings.dtype == torch.int8
    looked = extract_features(a_judge(), pictures(5, 4))[0]
    assert back.neighbours(looked) == made.neighbours(looked)
    with pytest.raises(CheckpointError, match=r"another judge.*python -m genai\.image\.indexing shapes"):
        nearest.load("image", "shapes", a_judge(1), tmp_path)


def test_a_fingerprint_is_that_of_the_stored_weights():
    judge, stored = a_judge(), a_judge()
    stored.load_state_dict(
        {n: w.half().float() if w.is_floating_point() else w for n, w in judge.state_dict().items()}
    )
    assert fingerprint(judge) == fingerprint(stored) != fingerprint(a_judge(1))
