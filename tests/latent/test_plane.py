"""The seed plane: exact at the seeds, continuous between them, and of the right length."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.labels import Labels
from genai.latent.plane import SIDE, PlanePoint, latent_at, plane_requests, seed_at
from genai.latent.requests import LatentRequest, sample_latents, slerp
from genai.seeds import MAX_SEED

LABELS = Labels(tuple({"en": name} for name in "abc"))
whole = st.integers(0, SIDE - 1)
coordinate = st.floats(0, SIDE - 1, allow_subnormal=False)


def z_of(seed, truncation=1.0):
    return sample_latents([LatentRequest(0, seed, truncation)], 100, LABELS)[0][0]


@given(st.integers(0, MAX_SEED), whole, whole, st.sampled_from([0, 0.25, 1.0]))
def test_a_whole_numbered_point_is_exactly_a_seed(origin, x, y, truncation):
    seed = (origin + x + 8 * y) % 2**32
    assert seed_at(origin, x, y) == seed
    place = PlanePoint(LatentRequest(0, origin, truncation), [(float(x), y)])
    assert torch.equal(place.latent(100, LABELS)[0], z_of(seed, truncation))


def test_all_seeds_are_row_by_row_and_wrap_round():
    origin = LatentRequest(1, MAX_SEED - 1)
    requests = plane_requests(origin)
    assert [r.seed for r in requests[:4]] == [MAX_SEED - 1, MAX_SEED, 0, 1]
    assert [r.seed for r in requests] == [seed_at(origin.seed, n % 8, n // 8) for n in range(64)]
    assert {r.label for r in requests} == {1}


@given(coordinate, coordinate, st.floats(0, 2 * math.pi))
def test_a_small_step_changes_z_little(x, y, direction):
    origin, step = LatentRequest(0, 5), 1e-3
    moved = [min(SIDE - 1, max(0, v + step * d)) for v, d in ((x, math.cos(direction)), (y, math.sin(direction)))]
    apart = (latent_at(origin, (x, y), 100, LABELS) - latent_at(origin, moved, 100, LABELS)).norm()
    assert apart < 40 * step + 1e-4  # neighbouring seeds lie some 14 apart on an arc of some 16


@given(coordinate, coordinate)
def test_z_is_as_long_as_noise_is(x, y):
    origin = LatentRequest(0, 5)
    around = [z_of(seed_at(5, u, v)).norm() for u in {int(x), math.ceil(x)} for v in {int(y), math.ceil(y)}]
    assert min(around) - 1e-3 <= latent_at(origin, (x, y), 100, LABELS).norm() <= max(around) + 1e-3


def test_an_edge_is_the_arc_between_its_seeds():
    for position in (0.25, 0.5):
        torch.testing.assert_close(
            latent_at(LatentRequest(0, 5), (2 + position, 3), 100, LABELS), slerp(z_of(31), z_of(32), position)
        )
        torch.testing.assert_close(
            latent_at(LatentRequest(0, 5), (2, 3 + position), 100, LABELS), slerp(z_of(31), z_of(39), position)
        )


def test_an_arc_leads_from_point_to_point_and_changes_come_last():
    origin = LatentRequest(None, 5)
    ends = [(1, 0), (6, 7)]
    for position, seed in ((0, 6), (1, 67)):
        assert torch.equal(PlanePoint(origin, ends, position).latent(100, LABELS)[0], z_of(seed))
    z, label = PlanePoint(origin, ends, 0.5).latent(100, LABELS)
    torch.testing.assert_close(z, slerp(z_of(6), z_of(67), 0.5))
    assert label == sample_latents([origin], 100, LABELS)[1][0]
    changed, _ = PlanePoint(origin, ends, 0.5, [(3, -2.5), (99, 3)]).latent(100, LABELS)
    assert (changed != z).nonzero().flatten().tolist() == [3, 99]
    assert changed[[3, 99]].tolist() == [-2.5, 3]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"points": []}, "Points 0"), ({"points": [(0, 0)] * 3}, "Points 3"), ({"points": "ab"}, "Points 'ab'"),
     ({"points": [(0, 0, 0)]}, "Coordinates 3"), ({"points": [5]}, "Coordinates 5"),
     ({"points": [(7.01, 0)]}, r"x 7\.01"), ({"points": [(0, math.nan)]}, "y nan"),
     ({"points": [(0, "1")]}, "y '1'"),
     ({"position": 1.5}, r"Share 1\.5"), ({"position": True}, "Share True"), ({"changes": None}, "Changes None"),
     ({"changes": [(0, 3.5)]}, r"Value 3\.5"), ({"changes": [(100, 1)]}, "Component 100"),
     ({"changes": [(1.0, 1)]}, r"Component 1\.0"), ({"changes": [(0, 0)] * 33}, "Changes 33")],
)  # fmt: skip
def test_what_is_not_on_the_plane_is_refused(wrong, says):
    with pytest.raises(ConfigError, match=says):
        PlanePoint(LatentRequest(0, 5), **wrong).latent(100, LABELS)
