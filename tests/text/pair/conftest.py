"""A folder with a tiny LSTM and a tiny GPT of one data set."""

from dataclasses import asdict

import pytest

from genai import checkpoint, text
from genai.checkpoint.header import Header
from tests.text.conftest import LEAD_IN, VOCABULARY
from tests.ui.tiny import PAPERS

OPENING = {"seed": 1, "prompt": "abc", "length": 30}


def save(folder, name, architecture, network, **fields):
    """Save a network as a checkpoint of the data set "own"."""
    values = {"lead_in": LEAD_IN, "vocabulary": VOCABULARY.characters, **PAPERS, **fields}
    header = Header("text", architecture, asdict(network.config), {"en": "Plays", "zh-CN": "戏剧"},
                    values.pop("data_set", "own"), **values)  # fmt: skip
    checkpoint.save(folder / "text" / f"{name}.safetensors", header, checkpoint.collect_weights(network=network))


@pytest.fixture
def folder(network, gpt_network, tmp_path):
    save(tmp_path, "plays", "char-lstm", network, openings=[OPENING])
    save(tmp_path, "plays-gpt", "char-gpt", gpt_network)
    return tmp_path


@pytest.fixture
def pair(folder):
    return text.load("plays+plays-gpt", "cpu", folder)
