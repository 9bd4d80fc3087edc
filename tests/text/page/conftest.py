"""Checkpoints of an LSTM and of a GPT with the same characters."""

from dataclasses import asdict

import pytest

from genai import checkpoint, text
from genai.checkpoint.header import Header
from genai.serving.models import Registry
from genai.text.networks import architecture_of
from tests.text.conftest import VOCABULARY
from tests.ui.tiny import PAPERS


@pytest.fixture
def save(tmp_path):
    """Save a network as a text model of a name and a data set."""

    def save_network(name, network, data_set="own", vocabulary=VOCABULARY.characters, **fields):
        kind, config = architecture_of(network), asdict(network.config)
        header = Header("text", kind, config, {"en": "x", "zh-CN": "x"}, data_set,
                        vocabulary=vocabulary, **PAPERS, **fields)  # fmt: skip
        path = tmp_path / "text" / f"{name}.safetensors"
        checkpoint.save(path, header, checkpoint.collect_weights(network=network))

    return save_network


@pytest.fixture
def twins(save, network, gpt_network, tmp_path):
    """A folder with two twins."""
    save("old", network)
    save("new", gpt_network)
    return tmp_path


@pytest.fixture
def registry(twins):
    """The twins' registry."""
    return Registry("text", text.load, device="cpu", folder=twins)
