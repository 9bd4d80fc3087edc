"""Seeds and the random streams made from them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai.errors import ConfigError
from genai.seeds import MAX_SEED, check_seed, make_rng

SEEDS = st.integers(0, MAX_SEED)


@given(SEEDS)
def test_a_seed_gives_the_same_numbers_every_time(seed):
    assert torch.equal(torch.rand(4, generator=make_rng(seed)), torch.rand(4, generator=make_rng(seed)))


@given(SEEDS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_streams_of_a_seed_differ(seed, a, b):
    same = torch.equal(torch.rand(4, generator=make_rng(seed, a)), torch.rand(4, generator=make_rng(seed, b)))
    assert same == (a == b)


def test_making_a_generator_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    torch.rand(3, generator=make_rng(5, 1))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 1.0, "7", None, True])
def test_anything_but_a_seed_is_refused_with_its_value(seed):
    with pytest.raises(ConfigError, match="whole number from 0 to 4294967295") as raised:
        check_seed(seed)
    assert repr(seed) in str(raised.value)
