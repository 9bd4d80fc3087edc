"""From request to z."""

import math
from collections import Counter
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.labels import Labels
from genai.latent.requests import LatentRequest, consecutive_seeds, interpolate_path, sample_latents, slerp
from genai.seeds import MAX_SEED

LABELS = Labels(tuple({"en": name} for name in "abc"))


@given(st.lists(st.integers(0, MAX_SEED), min_size=1, max_size=5))
def test_z_does_not_depend_on_company(seeds):
    together, _ = sample_latents([LatentRequest(seed=seed) for seed in seeds], 8, LABELS)
    for seed, row in zip(seeds, together, strict=True):
        assert torch.equal(row, sample_latents([LatentRequest(seed=seed)], 8, LABELS)[0][0])


def test_one_seed_is_one_z_whatever_the_label():
    z, chosen = sample_latents([LatentRequest(label, seed=3) for label in ("a", "c", "any")], 8, LABELS)
    assert torch.equal(z[0], z[1])
    assert torch.equal(z[0], z[2])
    assert chosen[:2] == [0, 2]


def test_any_reaches_every_label():
    _, chosen = sample_latents([LatentRequest(seed=seed) for seed in range(50)], 2, LABELS)
    assert set(chosen) == {0, 1, 2}


def test_without_labels_there_is_none():
    assert sample_latents([LatentRequest()], 2, Labels(()))[1] == [None]


VARIED = Labels(LABELS.names, tuple({"en": name} for name in "wxyz"))


def test_one_seed_has_one_variant_whatever_the_label():
    requests = [LatentRequest(label, seed=3) for label in ("a", "b", "c", "any")]
    z, conditions = sample_latents(requests, 8, VARIED)
    assert len({VARIED.split(condition)[1] for condition in conditions}) == 1
    assert [VARIED.split(condition)[0] for condition in conditions[:3]] == [0, 1, 2]
    assert torch.equal(z[0], sample_latents([LatentRequest("a", seed=3)], 8, LABELS)[0][0])


def test_a_variant_that_is_asked_for_changes_nothing_else():
    free, asked = sample_latents([LatentRequest(seed=5), LatentRequest(seed=5, variant="z")], 8, VARIED)[1]
    assert VARIED.split(asked) == (VARIED.split(free)[0], 3)
    _, chosen = sample_latents([LatentRequest("a", seed=seed) for seed in range(60)], 2, VARIED)
    assert {VARIED.split(condition)[1] for condition in chosen} == {0, 1, 2, 3}


LINKED = replace(VARIED, variant_shares=((1, 0, 0, 0), (0, 0.5, 0.5, 0), (0.25, 0.25, 0.25, 0.25)))


def test_a_variant_is_drawn_as_often_as_the_class_has_it():
    requests = [LatentRequest(seed=seed) for seed in range(600)]
    z, conditions = sample_latents(requests, 2, LINKED)
    pairs = Counter(LINKED.split(condition) for condition in conditions)
    assert set(pairs) == {(0, 0), (1, 1), (1, 2), *((2, variant) for variant in range(4))}
    assert pairs[0, 0] == pytest.approx(200, abs=40)
    assert pairs[1, 1] == pytest.approx(100, abs=30)
    torch.testing.assert_close(z, sample_latents(requests, 2, VARIED)[0])


def test_a_variant_alone_is_joined_by_a_class_that_has_it():
    asked = [LatentRequest(seed=seed, variant="y") for seed in range(60)]
    assert {LINKED.split(condition) for condition in sample_latents(asked, 2, LINKED)[1]} == {(1, 2), (2, 2)}
    with pytest.raises(ConfigError, match="a does not go with y"):
        sample_latents([LatentRequest("a", variant="y")], 2, LINKED)


def test_truncation_scales_z():
    full, half = sample_latents([LatentRequest(seed=1), LatentRequest(seed=1, truncation=0.5)], 8, LABELS)[0]
    torch.testing.assert_close(half, full / 2)


def test_several_counts_up_and_wraps_round():
    assert [r.seed for r in consecutive_seeds(LatentRequest(seed=MAX_SEED), 3)] == [MAX_SEED, 0, 1]


@pytest.mark.parametrize("count", [0, 65, 2.0, "3", True])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(ConfigError, match="from 1 to 64"):
        consecutive_seeds(LatentRequest(), count)


@pytest.mark.parametrize("truncation", [-0.1, 1.1, float("nan"), "1", None, True])
def test_truncation_out_of_range_is_refused(truncation):
    with pytest.raises(ConfigError, match="from 0 to 1"):
        LatentRequest(truncation=truncation)


def test_slerp_walks_along_the_arc():
    a, b = torch.tensor([2.0, 0, 0]), torch.tensor([0, 2.0, 0])
    for position in (0, 0.25, 0.5, 1):
        expected = 2 * torch.tensor([math.cos(position * math.pi / 2), math.sin(position * math.pi / 2), 0])
        torch.testing.assert_close(slerp(a, b, position), expected)
    longer = slerp(a, 2 * b, 0.5)
    assert longer.norm().item() == pytest.approx(3)
    torch.testing.assert_close(slerp(a, 2 * a, 0.25), 1.25 * a)
    torch.testing.assert_close(slerp(0 * a, b, 0.5), b / 2)


@given(st.integers(0, 1000), st.floats(0, 1))
def test_slerp_keeps_the_length_that_noise_has(seed, position):
    a, b = torch.randn(2, 100, generator=torch.Generator().manual_seed(seed))
    between = slerp(a, b, position).norm()
    assert min(a.norm(), b.norm()) - 1e-3 <= between <= max(a.norm(), b.norm()) + 1e-3


def test_a_path_visits_its_points_in_even_steps():
    points = torch.eye(3)
    there = interpolate_path(points, 9, loop=False)
    assert torch.allclose(there[[0, 4, 8]], points, atol=1e-6)
    steps = (there[1:] - there[:-1]).norm(dim=1)
    assert torch.allclose(steps, steps[:1].expand(8), atol=1e-5)
    around = interpolate_path(points, 12, loop=True)
    assert torch.allclose(around[[0, 4, 8]], points, atol=1e-6)
    assert torch.allclose((around[0] - around[-1]).norm(), (around[1] - around[0]).norm(), atol=1e-5)
