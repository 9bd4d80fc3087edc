"""Seeds and devices."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai import randomness
from genai.errors import ConfigError
from genai.randomness import (
    MAX_SEED,
    check_seed,
    generator,
    has_bfloat16,
    pick_device,
    prefers_bfloat16,
    seconds_to_multiply,
)

SEEDS = st.integers(0, MAX_SEED)


@given(SEEDS)
def test_a_seed_gives_the_same_numbers_every_time(seed):
    assert torch.equal(torch.rand(4, generator=generator(seed)), torch.rand(4, generator=generator(seed)))


@given(SEEDS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_streams_of_a_seed_differ(seed, a, b):
    same = torch.equal(torch.rand(4, generator=generator(seed, a)), torch.rand(4, generator=generator(seed, b)))
    assert same == (a == b)


def test_making_a_generator_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    torch.rand(3, generator=generator(5, 1))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 1.0, "7", None, True])
def test_what_is_no_seed_is_refused_by_name(seed):
    with pytest.raises(ConfigError, match="whole number from 0 to 4294967295") as caught:
        check_seed(seed)
    assert repr(seed) in str(caught.value)


@pytest.mark.parametrize("name", ["cuda:99", "toaster", "meta"])
def test_a_device_that_is_not_here_is_refused(name):
    with pytest.raises(ConfigError, match="take cpu"):
        pick_device(name)


def test_the_cpu_is_always_there():
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device(None) == pick_device("auto")


@pytest.mark.parametrize(("name", "expected"), [("avx512_bf16", True), ("amx_bf16", True), ("avx2", False)])
def test_bfloat16_is_used_where_the_cpu_computes_in_it(monkeypatch, name, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {name: True})
    assert has_bfloat16(torch.device("cpu")) == expected


@pytest.mark.parametrize(("bfloat16", "float32", "expected"), [(0.5, 1.0, True), (2.0, 1.0, False)])
def test_bfloat16_is_preferred_only_where_it_is_faster(monkeypatch, bfloat16, float32, expected):
    seconds = {torch.bfloat16: bfloat16, torch.float32: float32}
    monkeypatch.setattr(randomness, "has_bfloat16", lambda device: True)
    monkeypatch.setattr(randomness, "seconds_to_multiply", seconds.__getitem__)
    assert prefers_bfloat16(torch.device("cpu")) == expected


def test_larger_products_take_longer():
    small, large = (min(seconds_to_multiply(torch.float32, size) for _ in range(5)) for size in (64, 1024))
    assert 0 < small < large
