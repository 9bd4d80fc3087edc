"""The choice of the device, and of bfloat16."""

import pytest
import torch

from genai import device as device_module
from genai.device import (
    has_bfloat16,
    pick_device,
    pick_float64_device,
    prefers_bfloat16,
    seconds_to_multiply,
)
from genai.errors import ConfigError


@pytest.mark.parametrize("name", ["cuda:99", "toaster", "meta"])
def test_a_device_that_does_not_exist_is_refused(name):
    with pytest.raises(ConfigError, match="take cpu"):
        pick_device(name)


def test_the_cpu_is_always_there():
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device(None) == pick_device("auto")


def test_without_float64_the_cpu_computes(monkeypatch):
    """As on an Apple GPU; "meta" stands for it."""
    monkeypatch.setattr(device_module, "pick_device", lambda name: torch.device("meta"))
    assert pick_float64_device("gpu") == torch.device("meta")
    empty = torch.empty

    def refuse(*size, dtype=None, device=None):
        if dtype == torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64")
        return empty(*size, dtype=dtype, device=device)

    monkeypatch.setattr(torch, "empty", refuse)
    assert pick_float64_device("gpu") == torch.device("cpu")


@pytest.mark.parametrize(("name", "expected"), [("avx512_bf16", True), ("amx_bf16", True), ("avx2", False)])
def test_bfloat16_is_used_where_the_cpu_computes_in_it(monkeypatch, name, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {name: True})
    assert has_bfloat16(torch.device("cpu")) == expected


@pytest.mark.parametrize(("bfloat16", "float32", "expected"), [(0.5, 1.0, True), (2.0, 1.0, False)])
def test_bfloat16_is_preferred_only_where_it_is_faster(monkeypatch, bfloat16, float32, expected):
    seconds = {torch.bfloat16: bfloat16, torch.float32: float32}
    monkeypatch.setattr(device_module, "has_bfloat16", lambda device: True)
    monkeypatch.setattr(device_module, "seconds_to_multiply", seconds.__getitem__)
    assert prefers_bfloat16(torch.device("cpu")) == expected


def test_larger_products_take_longer():
    small, large = (min(seconds_to_multiply(torch.float32, size) for _ in range(5)) for size in (64, 1024))
    assert 0 < small < large
