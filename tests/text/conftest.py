"""A small text model with random weights."""

import pytest
import torch

from genai.checkpoint.header import Header
from genai.seeds import make_rng
from genai.text.gpt.model import CharGPT, GPTConfig
from genai.text.gpt.model import initialise as initialise_gpt
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
def gpt_network():
    """A GPT whose layers change what passes through, as after a training; it looks at 6 characters."""
    network = CharGPT(GPTConfig(len(VOCABULARY), 2, 4, 2, 32, 24, context=6))
    initialise_gpt(network, make_rng(0))
    with torch.no_grad():
        for number, parameter in enumerate(network.parameters()):
            if parameter.ndim == 1:  # norms and biases
                parameter.add_(0.3 * torch.randn(len(parameter), generator=make_rng(number)))
            elif not parameter.any():
                parameter.normal_(std=0.5, generator=make_rng(number))
    return network.eval().requires_grad_(False)


@pytest.fixture
def gpt_model(gpt_network):
    return TextModel("tiny-gpt", gpt_network, VOCABULARY)


@pytest.fixture
def model(network):
    return TextModel("tiny", network, VOCABULARY)
