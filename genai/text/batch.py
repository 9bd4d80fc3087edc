"""Many texts written side by side, each at its own place: one forward pass a character for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.text.model import State
from genai.text.request import TextRequest
from genai.text.stepper import Stepper, probabilities
from genai.text.vocabulary import Vocabulary


@dataclass(eq=False)  # two drafts of one request are two
class Draft:
    """One text in the making.

    Args:
        request: What to write.
        logits: (V,), of its first character, the prompt being read.
        state: Hidden and cell state after the prompt, each (layers, 1, H).
        dice: (N,) uniform numbers in [0, 1), float64, one a character; N is at least the request's length.
        text: What was written so far, without the prompt.
    """

    request: TextRequest
    logits: Tensor
    state: State
    dice: Tensor
    text: str = ""

    @property
    def ended(self) -> bool:
        """Whether the length is reached or the stop text written."""
        stop = self.request.stop
        return len(self.text) >= self.request.length or bool(stop and self.text.endswith(stop))

    def append(self, characters: str) -> None:
        """Add characters up to the end; what comes after it is dropped."""
        for character in characters:
            if not self.ended:
                self.text += character


class Batch:
    """Drafts that join and leave between characters; what each becomes does not depend on its company.

    Args:
        stepper: Of the model.
        vocabulary: Of the model.
    """

    def __init__(self, stepper: Stepper, vocabulary: Vocabulary) -> None:
        self._stepper, self._vocabulary = stepper, vocabulary
        self.drafts: list[Draft] = []
        self._columns: list[Tensor]  # what each draft brings along, a row each
        self._state: State

    def join(self, drafts: Iterable[Draft]) -> None:
        """Let drafts write with the others from the next character on."""
        new = list(drafts)
        if not new:
            return
        columns = [
            torch.stack([s.logits for s in new]),
            torch.stack([s.dice for s in new]),
            torch.tensor([len(s.text) for s in new]),
            torch.tensor([s.request.temperature for s in new], dtype=torch.float64),
            torch.tensor([s.request.top_k for s in new]),
            torch.tensor([s.request.top_p for s in new], dtype=torch.float64),
        ]
        columns = [column.to(new[0].logits.device) for column in columns]
        hidden, cell = (torch.cat([s.state[part] for s in new], dim=1) for part in (0, 1))
        if self.drafts:
            columns = [torch.cat([old, more]) for old, more in zip(self._columns, columns, strict=True)]
            hidden, cell = torch.cat([self._state[0], hidden], dim=1), torch.cat([self._state[1], cell], dim=1)
        self._columns, self._state = columns, (hidden, cell)
        self.drafts += new

    def leave(self, gone: set[Draft]) -> None:
        """Take drafts out; the others write on."""
        stay = [row for row, draft in enumerate(self.drafts) if draft not in gone]
        if len(stay) == len(self.drafts):
            return
        self.drafts = [self.drafts[row] for row in stay]
        rows = torch.tensor(stay, dtype=torch.int64, device=self._state[0].device)
        self._columns = [column[rows] for column in self._columns]
        self._state = self._state[0][:, rows], self._state[1][:, rows]

    @torch.inference_mode()
    def advance(self, count: int) -> None:
        """Write the next characters of every draft, then take out those that have ended.

        Args:
            count: Characters. The program looks at them only after the last one, so that a GPU never waits for it.
        """
        logits, dice, place, temperature, top_k, top_p = self._columns
        drawn, state = [], self._state
        for _ in range(count):
            odds, characters = probabilities(logits, temperature, top_k, top_p)
            # Those past their end throw their last dice again; what they get is dropped.
            thrown = dice.gather(1, place.clamp(max=dice.shape[1] - 1)[:, None])  # (B, 1)
            fallen = torch.searchsorted(odds.cumsum(dim=1), thrown, right=True)
            last = (odds > 0).sum(dim=1, keepdim=True) - 1  # rounding may leave the sum just under 1
            tokens = characters.gather(1, torch.minimum(fallen, last))[:, 0]
            drawn.append(tokens)
            logits, state = self._stepper.step(tokens, state)
            place = place + 1
        self._columns, self._state = [logits, dice, place, temperature, top_k, top_p], state
        for draft, numbers in zip(self.drafts, torch.stack(drawn, dim=1).tolist(), strict=True):
            draft.append(self._vocabulary.decode(numbers))
        self.leave({draft for draft in self.drafts if draft.ended})
