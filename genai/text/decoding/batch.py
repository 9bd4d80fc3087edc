"""Many texts written side by side, each at its own place: one forward pass a character for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.text.decoding.loop import Loop
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.reader import ModelState
from genai.text.model import State
from genai.text.request import TextRequest
from genai.text.vocabulary import Vocabulary

SNAPSHOT_AT = 16
"""Characters after which a draft notes where the network stands: a round of the loop, and enough to be read."""


@dataclass(eq=False)  # two drafts of one request are two
class Draft:
    """One text in the making.

    Args:
        request: What to write.
        logits: (V,), of its first character, the prompt being read.
        state: Hidden and cell state after the prompt, each (layers, 1, H).
        thrown: (N,) uniform numbers in [0, 1), float64, one a character; N is at least the request's length.
        text: What was written so far, without the prompt.
        snapshot: Where the network stood before the character that comes after the first 16, once it is there.
    """

    request: TextRequest
    logits: Tensor
    state: State
    thrown: Tensor
    text: str = ""
    snapshot: ModelState | None = None

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
        loop: Of the model.
        vocabulary: Of the model.
    """

    def __init__(self, loop: Loop, vocabulary: Vocabulary) -> None:
        self._loop, self._vocabulary = loop, vocabulary
        self.drafts: list[Draft] = []
        self._columns: list[Tensor]  # what each draft brings along, a row each
        self._state: State
        self._dice: SamplingDistribution

    def join(self, drafts: Iterable[Draft]) -> None:
        """Let drafts write with the others from the next character on."""
        new = list(drafts)
        if not new:
            return
        columns = [
            torch.stack([s.logits for s in new]),
            torch.stack([s.thrown for s in new]),
            torch.tensor([len(s.text) for s in new]),
        ]
        columns = [column.to(new[0].logits.device) for column in columns]
        hidden, cell = (torch.cat([s.state[part] for s in new], dim=1) for part in (0, 1))
        if self.drafts:
            columns = [torch.cat([old, more]) for old, more in zip(self._columns, columns, strict=True)]
            hidden, cell = torch.cat([self._state[0], hidden], dim=1), torch.cat([self._state[1], cell], dim=1)
        self._columns, self._state = columns, (hidden, cell)
        self._seat([*self.drafts, *new])

    def leave(self, gone: set[Draft]) -> None:
        """Take drafts out; the others write on."""
        stay = [row for row, draft in enumerate(self.drafts) if draft not in gone]
        if len(stay) == len(self.drafts):
            return
        rows = torch.tensor(stay, dtype=torch.int64, device=self._state[0].device)
        self._columns = [column[rows] for column in self._columns]
        self._state = self._state[0][:, rows], self._state[1][:, rows]
        self._seat([self.drafts[row] for row in stay])

    def _seat(self, drafts: list[Draft]) -> None:
        self.drafts = drafts
        self._dice = SamplingDistribution.of([draft.request for draft in drafts], self._state[0].device)

    @torch.inference_mode()
    def advance(self, count: int) -> None:
        """Write the next characters of every draft, then take out those that have ended.

        Args:
            count: Characters. The program looks at them only after the last one, so that a GPU never waits for it.
        """
        logits, thrown, place = self._columns
        # Those past their end throw their last number again; what they get is dropped.
        places = (place[:, None] + torch.arange(count, device=place.device)).clamp(max=thrown.shape[1] - 1)
        written = self._loop.write(self._dice, thrown.gather(1, places), logits, *self._state)
        self._columns, self._state = [written.logits, thrown, place + count], (written.hidden, written.cell)
        for row, (draft, characters) in enumerate(zip(self.drafts, written.characters.tolist(), strict=True)):
            draft.append(self._vocabulary.decode(characters))
            if len(draft.text) == SNAPSHOT_AT:
                hidden, cell = (part[:, row : row + 1].clone() for part in self._state)
                draft.snapshot = ModelState(written.logits[row].clone(), (hidden, cell))
        self.leave({draft for draft in self.drafts if draft.ended})
