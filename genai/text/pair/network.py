"""Two networks that write one text together: the next character is drawn from the mean of their probabilities.

    p(c) = (p_LSTM(c) + p_GPT(c)) / 2

Both networks read every character that is written, whichever of them held it for likely. The loss of the mean is at
most the mean of both losses (Jensen's inequality), and the lower, the more the networks differ. Source: Hansen and
Salamon 1990, "Neural network ensembles", IEEE Transactions on Pattern Analysis and Machine Intelligence 12 (10).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from genai.text.gpt.model import CharGPT
from genai.text.model import CharLSTM

State = tuple[Tensor, ...]


def log_mean_probabilities(logits: Sequence[Tensor]) -> Tensor:
    """Return the logarithm of the mean of several networks' probabilities (..., V), which is again a distribution.

    Args:
        logits: Of each network, (..., V).
    """
    together = torch.stack([each.float().log_softmax(dim=-1) for each in logits])
    return together.logsumexp(dim=0) - math.log(len(logits))


class PairState(NamedTuple):
    """The states of both networks."""

    lstm: tuple[Tensor, Tensor]
    gpt: State


def split_state(state: State) -> PairState:
    """Take the state of a pair apart."""
    hidden, cell, *gpt = state
    return PairState((hidden, cell), tuple(gpt))


class CharPair(nn.Module):
    """An LSTM and a GPT that know the same characters, in the form of one network.

    The logits are log p, the logarithm of the mean of both softmaxes at temperature 1. Temperature, top-k and top-p
    come after the mean, as after the softmax of one network: log p / T, that is p^(1/T), renormalised. So
    temperature 1 draws from the very p whose loss is measured, and temperature 0 takes the likeliest by p.

    Args:
        lstm: The LSTM.
        gpt: The GPT.
    """

    def __init__(self, lstm: CharLSTM, gpt: CharGPT) -> None:
        super().__init__()
        self.lstm = lstm
        self.gpt = gpt

    def forward(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Predict the character after each of the given ones.

        Args:
            tokens: (B, T), character numbers.
            state: What came before; None means nothing.

        Returns:
            Logits (B, T, V), which are log p, and the state after the last character: the LSTM's, then the GPT's.
        """
        before = None if state is None else split_state(state)
        lstm_logits, lstm_state = self.lstm(tokens, before and before.lstm)
        gpt_logits, gpt_state = self.gpt(tokens, before and before.gpt)
        return log_mean_probabilities([lstm_logits, gpt_logits]), (*lstm_state, *gpt_state)

    def initial_state(self, batch: int) -> State:
        """Return the empty memory of so many texts."""
        return (*self.lstm.initial_state(batch), *self.gpt.initial_state(batch))
