"""A small text model with random weights."""

import pytest
import torch

from genai.checkpoint.header import Header
from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("\n abcdefghij,.")


@pytest.fixture
def network():
    network = CharLSTM(CharLSTMConfig(len(VOCABULARY), embedding_size=6, hidden_size=16, layers=3))
    initialise(network, make_rng(0))
    with torch.no_grad():
        network.head.weight.mul_(8)  # odds far from even, so that a wrong step shows
    return network.eval()


LEAD_IN = "ab\n\n"


@pytest.fixture
def led_model(network):
    """The model of `model`, whose texts begin after a lead-in of four characters."""
    header = Header("text", "char-lstm", {}, {}, "own", "", "", "", lead_in=LEAD_IN)
    return TextModel("led", network, VOCABULARY, header)


@pytest.fixture
def model(network):
    return TextModel("tiny", network, VOCABULARY)
