"""Texts that are written side by side, each at its own place: one forward pass a character for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from genai.text.decoding.ending import find_end
from genai.text.decoding.loop import Loop, LoopState
from genai.text.decoding.odds import SamplingDistribution
from genai.text.decoding.reader import ModelState
from genai.text.networks import State
from genai.text.request import TextRequest
from genai.text.vocabulary import Vocabulary

CHUNK = 16
"""Characters of all texts between two looks at who joins and leaves."""
FEW_TEXTS, LONG_CHUNK = 4, 48
"""With so few texts a chunk is longer: its fixed cost is half a millisecond, the time of two characters."""
SNAPSHOT_AT = CHUNK
"""Characters after which a draft keeps the network's state, for the strip above the text: one round of the loop."""


@dataclass(eq=False)  # two drafts of one request are two
class Draft:
    """One text in the making.

    Args:
        request: What to write; its prompt as the model read it.
        logits: (V,), of the first character, after the prompt.
        state: The network's state after the prompt.
        uniforms: (N,), uniform numbers in [0, 1), float64, one a character; N is at least the request's length.
        written: What was written so far, without the prompt.
        end: How many of these characters the text has; None as long as it is not known.
        snapshot: Logits and what the layers put out after the first 16 characters, once they are written.
    """

    request: TextRequest
    logits: Tensor
    state: State
    uniforms: Tensor
    written: str = ""
    end: int | None = None
    snapshot: ModelState | None = None

    @property
    def text(self) -> str:
        """The text so far. Characters beyond the length belong to it once it is known where it ends."""
        return self.written[: self.request.length if self.end is None else self.end]

    @property
    def ended(self) -> bool:
        """Whether it is known where the text ends."""
        return self.end is not None

    def append(self, characters: str) -> None:
        """Add characters up to the end; drop what comes after it."""
        for character in characters:
            if self.ended:
                return
            self.written += character
            self.end = self._find_end()

    def _find_end(self) -> int | None:
        """Return where the text ends: after its stop text, where `ending.find_end` says, or at its length."""
        request = self.request
        count = len(self.written)
        if request.stop and self.written.endswith(request.stop):
            return count
        if request.finish:
            return find_end(self.written, request.length)
        return count if count >= request.length else None


class Batch:
    """Drafts that join and leave between characters; a draft's text does not depend on the others.

    Args:
        loop: Of the model.
        vocabulary: Of the model.
    """

    def __init__(self, loop: Loop, vocabulary: Vocabulary) -> None:
        self._loop = loop
        self._vocabulary = vocabulary
        self.drafts: list[Draft] = []
        # A row for each draft.
        self._state: LoopState
        self._uniforms: Tensor  # (B, N)
        self._places: Tensor  # (B,), characters written
        self._distribution: SamplingDistribution

    def join(self, drafts: Iterable[Draft]) -> None:
        """Let drafts be written with the others from the next character on."""
        new = list(drafts)
        if not new:
            return
        device = new[0].logits.device
        own = [LoopState(draft.logits[None], draft.state) for draft in new]
        state = LoopState.concatenate(own)
        uniforms = torch.stack([draft.uniforms for draft in new]).to(device)
        places = torch.tensor([len(draft.written) for draft in new], device=device)
        if self.drafts:
            state = LoopState.concatenate([self._state, state])
            uniforms = torch.cat([self._uniforms, uniforms])
            places = torch.cat([self._places, places])
        self._state = state
        self._uniforms = uniforms
        self._places = places
        self._set_drafts([*self.drafts, *new])

    def leave(self, gone: set[Draft]) -> None:
        """Take drafts out; the others go on."""
        staying = [row for row, draft in enumerate(self.drafts) if draft not in gone]
        if len(staying) == len(self.drafts):
            return
        index = torch.tensor(staying, dtype=torch.int64, device=self._places.device)
        self._state = self._state.rows(index)
        self._uniforms = self._uniforms[index]
        self._places = self._places[index]
        self._set_drafts([self.drafts[row] for row in staying])

    def _set_drafts(self, drafts: list[Draft]) -> None:
        self.drafts = drafts
        self._distribution = SamplingDistribution.of([draft.request for draft in drafts], self._places.device)

    @property
    def chunk(self) -> int:
        """How many characters to write next; each draft stops once where its snapshot is taken."""
        starting = any(len(draft.written) < SNAPSHOT_AT for draft in self.drafts)
        return CHUNK if starting or len(self.drafts) > FEW_TEXTS else LONG_CHUNK

    @torch.inference_mode()
    def advance(self, count: int) -> None:
        """Write the next characters of every draft, then take out those that have ended.

        Args:
            count: Characters. Their values are looked at after the last one only, so that a GPU never waits for it.
        """
        columns = self._places[:, None] + torch.arange(count, device=self._places.device)
        # Past its end a draft uses its last number again; those characters are dropped.
        columns = columns.clamp(max=self._uniforms.shape[1] - 1)
        characters, self._state = self._loop.write(
            self._distribution, self._uniforms.gather(1, columns), self._state
        )
        self._places = self._places + count
        numbers = characters.tolist()
        for row, draft in enumerate(self.drafts):
            draft.append(self._vocabulary.decode(numbers[row]))
            if len(draft.written) == SNAPSHOT_AT:
                draft.snapshot = self._snapshot(row)
        self.leave({draft for draft in self.drafts if draft.ended})

    def _snapshot(self, row: int) -> ModelState:
        own = self._state.rows(slice(row, row + 1))
        return ModelState(own.logits[0].clone(), (own.state[0].clone(),))
