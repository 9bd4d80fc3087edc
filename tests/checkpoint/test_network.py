"""Networks from checkpoints: ready for use, or refused by a sentence before they cost memory or time."""

import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch

from genai import checkpoint, image
from genai.checkpoint.network import build_network
from genai.errors import CheckpointError
from tests.ui.tiny import save_all, save_twin


def test_build_refuses_weights_that_do_not_fit(tmp_path):
    path = tmp_path / "x.safetensors"
    with pytest.raises(CheckpointError, match="cannot be read"):
        build_network(path, lambda: torch.nn.Linear(2, 2), {"weight": torch.zeros(3, 2), "bias": torch.zeros(2)})
    weights = {"weight": torch.tensor([[float("nan"), 0.0], [0.0, 0.0]]), "bias": torch.zeros(2)}
    with pytest.raises(CheckpointError, match="weight holds numbers that are not finite"):
        build_network(path, lambda: torch.nn.Linear(2, 2), weights)


def test_build_gives_a_network_ready_for_use(tmp_path):
    weights = {"weight": torch.eye(2), "bias": torch.zeros(2)}
    network = build_network(tmp_path / "x", lambda: torch.nn.Linear(2, 2), weights)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())


LOAD_ALL = """
import sys
from pathlib import Path
from genai import image, text
folder = Path(sys.argv[1])
text.load("shakespeare", "cpu", folder)
text.load("shakespeare-gpt", "cpu", folder)
image.load("fashion", "cpu", folder)
print("torch._dynamo" in sys.modules)
"""


def test_texts_and_pictures_need_no_import_of_pytorchs_compiler(tmp_path):
    """It would cost the first visitor about two seconds of a core."""
    save_all(tmp_path)
    save_twin(tmp_path)
    command = [sys.executable, "-c", LOAD_ALL, str(tmp_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert told.stdout == "False\n"


def test_an_embedding_has_the_weights_of_the_file(tmp_path):
    weights = {"weight": torch.arange(12.0).view(3, 4)}
    network = build_network(tmp_path / "x", lambda: torch.nn.Embedding(3, 4), weights)
    assert torch.equal(network.weight, weights["weight"])


HOSTILE = [
    {"generator_filters": 10**9}, {"layers": 10**9}, {"size": 2**40}, {"classes": -1}, {"latent_size": 1},
    {"generator_filters": 1e300}, {"size": "large"}, {"channels": None}, {"windows": [3] * 1000}, {"unknown": 1},
    {"size": [32]}, {"size": 7}, {"generator_filters": 60_000},
]  # fmt: skip


@pytest.mark.parametrize("lie", HOSTILE, ids=str)
def test_a_header_that_lies_about_the_network_costs_neither_memory_nor_time(tmp_path, lie):
    path = save_all(tmp_path) / "image" / "characters.safetensors"
    header, tensors = checkpoint.load(path, "image")
    checkpoint.save(path, replace(header, config={**header.config, **lie}), tensors)
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(CheckpointError, match=r"characters\.safetensors cannot be read"):
            image.load("characters", "cpu", tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("wrong", ["missing", "more", "shape", "integers", "infinite"])
def test_weights_that_do_not_fit_the_header_are_refused(tmp_path, wrong):
    path = save_all(tmp_path) / "image" / "characters.safetensors"
    header, tensors = checkpoint.load(path, "image")
    name = "network.blocks.0.0.weight"
    changed = {
        "missing": {n: t for n, t in tensors.items() if n != name},
        "more": {**tensors, "network.more": torch.zeros(1)},
        "shape": {**tensors, name: tensors[name][:1].contiguous()},
        "integers": {**tensors, name: torch.full_like(tensors[name], 2, dtype=torch.int8)},
        "infinite": {**tensors, name: torch.full_like(tensors[name], 777)},
    }
    checkpoint.save(path, header, changed[wrong])
    if wrong == "infinite":  # saving refuses such numbers
        number, infinity = np.array([777, np.inf], np.float16)
        path.write_bytes(path.read_bytes().replace(number.tobytes(), infinity.tobytes()))
    if wrong == "integers":  # they have the right shapes and are finite
        assert image.load("characters", "cpu", tmp_path).network.blocks[0][0].layer.weight.is_floating_point()
        return
    with pytest.raises(CheckpointError, match=r"characters\.safetensors cannot be read"):
        image.load("characters", "cpu", tmp_path)
