"""From request to z."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.labels import Labels
from genai.latent import LatentRequest, draw, several
from genai.randomness import MAX_SEED

LABELS = Labels(tuple({"en": name} for name in "abc"))


@given(st.lists(st.integers(0, MAX_SEED), min_size=1, max_size=5))
def test_z_does_not_depend_on_company(seeds):
    together, _ = draw([LatentRequest(seed=seed) for seed in seeds], 8, LABELS)
    for seed, row in zip(seeds, together, strict=True):
        assert torch.equal(row, draw([LatentRequest(seed=seed)], 8, LABELS)[0][0])


def test_one_seed_is_one_z_whatever_the_label():
    z, chosen = draw([LatentRequest(label, seed=3) for label in ("a", "c", "any")], 8, LABELS)
    assert torch.equal(z[0], z[1])
    assert torch.equal(z[0], z[2])
    assert chosen[:2] == [0, 2]


def test_any_reaches_every_label():
    _, chosen = draw([LatentRequest(seed=seed) for seed in range(50)], 2, LABELS)
    assert set(chosen) == {0, 1, 2}


def test_without_labels_there_is_none():
    assert draw([LatentRequest()], 2, Labels(()))[1] == [None]


def test_truncation_scales_z():
    full, half = draw([LatentRequest(seed=1), LatentRequest(seed=1, truncation=0.5)], 8, LABELS)[0]
    torch.testing.assert_close(half, full / 2)


def test_several_counts_up_and_wraps_round():
    assert [r.seed for r in several(LatentRequest(seed=MAX_SEED), 3)] == [MAX_SEED, 0, 1]


@pytest.mark.parametrize("count", [0, 65, 2.0, "3", True])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(ConfigError, match="from 1 to 64"):
        several(LatentRequest(), count)


@pytest.mark.parametrize("truncation", [-0.1, 1.1, float("nan"), "1", None, True])
def test_truncation_out_of_range_is_refused(truncation):
    with pytest.raises(ConfigError, match="from 0 to 1"):
        LatentRequest(truncation=truncation)
