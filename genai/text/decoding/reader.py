"""Short texts read side by side, each as it would be alone."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from genai.inference.scripted import scripted
from genai.text.decoding.cpu_step import MAX_ROWS, CpuStep, row_multiple
from genai.text.model import State


class ModelState(NamedTuple):
    """Where a network stands after a text: logits (V,) of what comes next; its states, (layers, 1, H) each."""

    logits: Tensor
    state: State


class ReadingLoop(nn.Module):
    """The loop of `PromptReader`, TorchScript as well as Python."""

    def __init__(self, stepper: CpuStep) -> None:
        super().__init__()
        self.step, self.block = stepper, row_multiple(stepper)

    def forward(
        self, tokens: Tensor, lengths: list[int], hidden: Tensor, cell: Tensor
    ) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Read B texts.

        Args:
            tokens: (P, T), the longest first; the rows after B fill up the last block.
            lengths: How many characters of each of the B count, at least one.
            hidden: (layers, P, H).
            cell: (layers, P, H).

        Returns:
            For each text, the last one first: logits (V,), hidden and cell state after it, each (layers, 1, H).
        """
        hiddens, cells = hidden.unbind(0), cell.unbind(0)
        found: list[tuple[Tensor, Tensor, Tensor]] = []
        for place in range(tokens.shape[1]):
            reading = len(lengths) - len(found)
            rows = (reading + self.block - 1) // self.block * self.block
            logits, hiddens, cells = self.step(
                tokens[:rows, place], [h[:rows] for h in hiddens], [c[:rows] for c in cells]
            )
            for row in range(reading - 1, -1, -1):
                if lengths[row] > place + 1:
                    break
                after = [torch.stack([layer[row : row + 1] for layer in state]) for state in (hiddens, cells)]
                found.append((logits[row], after[0], after[1]))
        return found


class PromptReader:
    """Tells where a network stands after a text.

    Args:
        stepper: Of the network.
    """

    def __init__(self, stepper: CpuStep) -> None:
        self._block, self._read = row_multiple(stepper), scripted(ReadingLoop(stepper))

    @torch.inference_mode()
    def read(self, texts: Sequence[Tensor], state: State) -> list[ModelState]:
        """Read B texts.

        Args:
            texts: Character numbers of each, (T,), at least one.
            state: From which all begin, each (layers, 1, H).
        """
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))  # those that end last come first
        rows: dict[int, tuple[Tensor, Tensor, Tensor]] = {}
        for group in (order[start : start + MAX_ROWS] for start in range(0, len(order), MAX_ROWS)):
            filled = group + group[-1:] * (-len(group) % self._block)
            tokens = pad_sequence([texts[n] for n in filled], batch_first=True)  # (P, T)
            hidden, cell = (part.expand(-1, len(filled), -1) for part in state)
            found = self._read(tokens, [len(texts[n]) for n in group], hidden, cell)
            rows.update(zip(reversed(group), found, strict=True))
        return [ModelState(logits, (hidden, cell)) for logits, hidden, cell in (rows[n] for n in range(len(texts)))]
