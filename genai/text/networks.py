"""The networks that write texts, by the names that checkpoints give them: a char-LSTM, a GPT, or a pair of both.

All have one form: tokens (B, T) and the state before -> logits (B, T, V) and the state after. A state is a tuple
of tensors that have the texts in their second dimension; the first of them, (layers, B, features), is what each
layer put out after the last character.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from genai.text import model as lstm
from genai.text.gpt import model as gpt
from genai.text.pair.network import CharPair

TrainedNetwork = lstm.CharLSTM | gpt.CharGPT
"""A network with weights of its own, as a checkpoint holds it."""
Network = TrainedNetwork | CharPair
NetworkConfig = lstm.CharLSTMConfig | gpt.GPTConfig
State = tuple[Tensor, ...]

LSTM = "char-lstm"
GPT = "char-gpt"
ARCHITECTURES = (LSTM, GPT)
PAIR = "pair"
"""Stands where an architecture does, of two checkpoints that write together."""


def make_network(architecture: str, config: Mapping[str, Any]) -> TrainedNetwork:
    """Make a network without setting its weights.

    Args:
        architecture: Its name, as a checkpoint has it.
        config: Its settings by name.

    Raises:
        ValueError: if there is no such architecture.
        TypeError: if there is no such setting.
    """
    if architecture == LSTM:
        return lstm.CharLSTM(lstm.CharLSTMConfig(**config))
    if architecture == GPT:
        return gpt.CharGPT(gpt.GPTConfig(**config))
    raise ValueError(f"no architecture of a text model is called {architecture}")


def make_random_network(config: NetworkConfig, rng: torch.Generator) -> TrainedNetwork:
    """Make a network with the weights that a training begins with."""
    if isinstance(config, gpt.GPTConfig):
        transformer = gpt.CharGPT(config)
        gpt.initialise(transformer, rng)
        return transformer
    recurrent = lstm.CharLSTM(config)
    lstm.initialise(recurrent, rng)
    return recurrent


def architecture_of(network: TrainedNetwork) -> str:
    """Return the name by which a checkpoint knows a network."""
    return GPT if isinstance(network, gpt.CharGPT) else LSTM


def device_of(network: Network) -> torch.device:
    """Return where a network computes."""
    return next(network.parameters()).device
