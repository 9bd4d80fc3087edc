"""The networks that write texts, by the names that checkpoints give them: a char-LSTM or a GPT.

Both have one form: tokens (B, T) and the state before -> logits (B, T, V) and the state after. A state is a tuple
of tensors that have the texts in their second dimension; the first of them, (layers, B, features), is what each
layer put out after the last character.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from genai.text import model as lstm
from genai.text.gpt import model as gpt

Network = lstm.CharLSTM | gpt.CharGPT
NetworkConfig = lstm.CharLSTMConfig | gpt.GPTConfig
State = tuple[Tensor, ...]

LSTM = "char-lstm"
GPT = "char-gpt"
ARCHITECTURES = (LSTM, GPT)


def make_network(architecture: str, config: Mapping[str, Any]) -> Network:
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


def make_random_network(config: NetworkConfig, rng: torch.Generator) -> Network:
    """Make a network with the weights that a training begins with."""
    if isinstance(config, gpt.GPTConfig):
        transformer = gpt.CharGPT(config)
        gpt.initialise(transformer, rng)
        return transformer
    recurrent = lstm.CharLSTM(config)
    lstm.initialise(recurrent, rng)
    return recurrent


def architecture_of(network: Network) -> str:
    """Return the name by which a checkpoint knows a network."""
    return GPT if isinstance(network, gpt.CharGPT) else LSTM
