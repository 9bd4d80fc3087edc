"""A network for text that cannot learn, as lessons on the web have it, beside one that can.

The wrong one reads a character as one number, its place in the alphabet, and ends in a softmax over a single unit,
trained with the binary cross-entropy against the place of the next character. A softmax divides by the sum over
its units. With one unit that is exp(a) / exp(a) = 1, whatever the network computes: the output never changes, its
gradient is zero, and the loss stays what it was.

The right one reads a character as a one-hot vector and ends in a softmax over all characters, trained with their
cross-entropy.
"""

import time
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genai.checkpoint import SHIPPED
from genai.seeds import make_rng
from genai.text.model import State
from genai.text.vocabulary import Vocabulary

PASSAGE = SHIPPED / "pairs" / "passage.txt"
PASSAGE_CHARACTERS = 40_000
HELD_OUT = 4_000  # characters at the end, on which both are measured
HELD_OUT_WINDOW = 100
HIDDEN = 64
BATCH = 16
WINDOW = 32
LEARNING_RATE = 0.01
CLIP = 1e-7  # Keras keeps probabilities this far from 0 and 1 before it takes a logarithm


class WrongNetwork(nn.Module):
    """Numbers (B, T) in [0, 1] -> a "probability" (B, T) that is always 1."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, HIDDEN, batch_first=True)
        self.output = nn.Linear(HIDDEN, 1)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the softmax over the single unit of each step."""
        return self.read(numbers)[0]

    def read(self, numbers: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Do the same from a state on, and return the state after it too."""
        hidden, state = self.lstm(numbers[:, :, None], state)
        return torch.softmax(self.output(hidden), dim=2)[:, :, 0], state


class RightNetwork(nn.Module):
    """Characters (B, T) -> logits (B, T, V) of the next one."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.characters = characters
        self.lstm = nn.LSTM(characters, HIDDEN, batch_first=True)
        self.output = nn.Linear(HIDDEN, characters)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the logits of each next character."""
        return self.read(tokens)[0]

    def read(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Do the same from a state on, and return the state after it too."""
        hidden, state = self.lstm(F.one_hot(tokens, self.characters).float(), state)
        return self.output(hidden), state


def wrong_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the binary cross-entropy as Keras computes it.

    Args:
        outputs: (B, T), probabilities.
        targets: (B, T), numbers in [0, 1].
    """
    return F.binary_cross_entropy(outputs.clamp(CLIP, 1 - CLIP), targets)


@dataclass(frozen=True)
class Report:
    """Both networks at one moment.

    Args:
        step: Steps that both have made.
        wrong_loss: Of the wrong network, on held-out text, in nats.
        wrong_lowest: The smallest output of the wrong network there.
        wrong_highest: Its largest.
        wrong_gradient: Norm of its gradient in the last step.
        wrong_moved: The largest change of one of its weights since the start.
        right_loss: Of the right network, on the same text, in nats per character.
        right_gradient: Norm of its gradient in the last step.
        right_moved: The largest change of one of its weights since the start.
        wrong_text: What it writes: its output, read back as a place in the alphabet.
        right_text: What the right network writes, always the likeliest character.
    """

    step: int
    wrong_loss: float
    wrong_lowest: float
    wrong_highest: float
    wrong_gradient: float
    wrong_moved: float
    right_loss: float
    right_gradient: float
    right_moved: float
    wrong_text: str
    right_text: str


@cache
def passage() -> str:
    """Return the shipped text."""
    return PASSAGE.read_text("utf-8")


class Duel:
    """Both networks, trained step by step on the same windows of a text.

    Args:
        text: What to learn from; its end is held out.
        seed: Of the weights and the windows.
        held_out: Characters at the end, a multiple of 100.
    """

    def __init__(self, text: str, seed: int = 0, held_out: int = HELD_OUT) -> None:
        self.vocabulary = Vocabulary.of(text)
        tokens = self.vocabulary.encode(text)
        self._train = tokens[:-held_out]
        self._held_out = tokens[-held_out:].view(-1, HELD_OUT_WINDOW)
        self._seed = seed
        self.step = 0
        self.wrong = WrongNetwork()
        self.right = RightNetwork(len(self.vocabulary))
        rng = make_rng(seed, 0)
        self._start = []
        for network in (self.wrong, self.right):
            _initialise(network, rng)
            self._start.append([parameter.detach().clone() for parameter in network.parameters()])
        self._optimisers = [torch.optim.Adam(net.parameters(), LEARNING_RATE) for net in (self.wrong, self.right)]

    def train(self, seconds: float) -> None:
        """Make steps until so many seconds have passed, at least one."""
        end = time.monotonic() + seconds
        self.advance()
        while time.monotonic() < end:
            self.advance()

    def advance(self) -> None:
        """Make one step of both networks, on the same windows."""
        rng = make_rng(self._seed, 1, self.step)
        starts = torch.randint(len(self._train) - WINDOW, (BATCH, 1), generator=rng)
        windows = self._train[starts + torch.arange(WINDOW + 1)]
        losses = (self._wrong_loss(windows), self._right_loss(windows))
        for loss, optimiser in zip(losses, self._optimisers, strict=True):
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
        self.step += 1

    def _wrong_loss(self, tokens: Tensor) -> Tensor:
        numbers = self._as_numbers(tokens)
        return wrong_loss(self.wrong(numbers[:, :-1]), numbers[:, 1:])

    def _right_loss(self, tokens: Tensor) -> Tensor:
        return F.cross_entropy(self.right(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())

    def _as_numbers(self, tokens: Tensor) -> Tensor:
        """Return the places of characters in the alphabet, 0 to 1."""
        return tokens / (len(self.vocabulary) - 1)

    @torch.no_grad()
    def report(self, characters: int = 60) -> Report:
        """Measure both networks on the held-out text, and let them write."""
        outputs = self.wrong(self._as_numbers(self._held_out[:, :-1]))
        return Report(
            step=self.step,
            wrong_loss=self._wrong_loss(self._held_out).item(),
            wrong_lowest=outputs.min().item(),
            wrong_highest=outputs.max().item(),
            wrong_gradient=_gradient_norm(self.wrong),
            wrong_moved=_largest_change(self.wrong, self._start[0]),
            right_loss=self._right_loss(self._held_out).item(),
            right_gradient=_gradient_norm(self.right),
            right_moved=_largest_change(self.right, self._start[1]),
            wrong_text=self._write_wrong(characters),
            right_text=self._write_right(characters),
        )

    def _write_wrong(self, characters: int) -> str:
        """Write from the held-out text on: each output, read back as a place in the alphabet, is the next input."""
        outputs, state = self.wrong.read(self._as_numbers(self._held_out[:1]))
        tokens = []
        for _ in range(characters):
            place = (outputs[:, -1:] * (len(self.vocabulary) - 1)).round().long()
            tokens.append(int(place))
            outputs, state = self.wrong.read(self._as_numbers(place), state)
        return self.vocabulary.decode(tokens)

    def _write_right(self, characters: int) -> str:
        """Write from the held-out text on, always the likeliest character."""
        logits, state = self.right.read(self._held_out[:1])
        tokens = []
        for _ in range(characters):
            likeliest = logits[:, -1:].argmax(dim=2)
            tokens.append(int(likeliest))
            logits, state = self.right.read(likeliest, state)
        return self.vocabulary.decode(tokens)


def _initialise(network: nn.Module, rng: torch.Generator) -> None:
    """Draw all weights as PyTorch does, but from a generator of our own."""
    bound = HIDDEN**-0.5
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.uniform_(-bound, bound, generator=rng)


def _gradient_norm(network: nn.Module) -> float:
    gradients = [parameter.grad.flatten() for parameter in network.parameters() if parameter.grad is not None]
    return torch.cat(gradients).norm().item() if gradients else 0.0


def _largest_change(network: nn.Module, start: list[Tensor]) -> float:
    pairs = zip(network.parameters(), start, strict=True)
    return max((parameter - before).abs().max().item() for parameter, before in pairs)
