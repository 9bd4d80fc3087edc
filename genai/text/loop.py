"""The character loop of a model: throw the dice, read what they chose, throw again."""

import threading
from typing import NamedTuple

import torch
from torch import Tensor

from genai.captured import Captured, Record
from genai.text.dice import Dice
from genai.text.stepper import Stepper

ROWS = 64
"""Texts of one graph. A GPU takes as long for one as for all of them, so places that are free are written too: a
text is then computed by the same kernels whoever its company is."""


class Written(NamedTuple):
    """What a loop leaves: the characters (B, N), and logits (B, V), hidden and cell state (layers, B, H) after."""

    characters: Tensor
    logits: Tensor
    hidden: Tensor
    cell: Tensor


class Loop:
    """Writes on texts side by side; on a GPU without a look at the values, as one CUDA graph.

    Args:
        stepper: Of the model.
        record: How to record a graph; None takes CUDA's on a CUDA device, and records nothing elsewhere.
    """

    def __init__(self, stepper: Stepper, record: Record | None = None) -> None:
        self.stepper, self._record = stepper, record
        self._lock = threading.Lock()
        self._graphs: dict[tuple[int, bool], Captured] = {}

    @torch.inference_mode()
    def write(self, dice: Dice, thrown: Tensor, logits: Tensor, hidden: Tensor, cell: Tensor) -> Written:
        """Write the next N characters of B texts.

        Args:
            dice: How each chooses.
            thrown: (B, N), numbers in [0, 1), float64, one a character.
            logits: (B, V), of each text's next character.
            hidden: (layers, B, H).
            cell: (layers, B, H).
        """
        if self._record is None and logits.device.type != "cuda":
            return self._plain(dice, thrown, logits, hidden, cell)
        parts = []
        for first in range(0, len(logits), ROWS):
            taken = min(ROWS, len(logits) - first)
            rows = torch.arange(first, first + ROWS, device=logits.device).clamp_(max=first + taken - 1)
            characters, after, *state = self._replayed(
                dice.rows(rows), thrown[rows], logits[rows], hidden[:, rows], cell[:, rows]
            )
            parts.append([characters[:taken], after[:taken], *(part[:, :taken] for part in state)])
        joined = (torch.cat([part[n] for part in parts], dim) for n, dim in enumerate((0, 0, 1, 1)))
        return Written(*joined)

    def _replayed(self, dice: Dice, *inputs: Tensor) -> list[Tensor]:
        def work(divisor: Tensor, limit: Tensor, top_p: Tensor, *inputs: Tensor) -> Written:
            return self._plain(Dice(divisor, limit, top_p, limited), *inputs)

        *columns, limited = dice
        with self._lock:
            key = inputs[0].shape[1], limited
            if key not in self._graphs:
                self._graphs[key] = Captured(work, [*columns, *inputs], self._record)
        return self._graphs[key](*columns, *inputs)

    def _plain(self, dice: Dice, thrown: Tensor, logits: Tensor, hidden: Tensor, cell: Tensor) -> Written:
        hiddens, cells = list(hidden), list(cell)
        chosen: list[Tensor] = []
        for numbers in thrown.T.contiguous():  # (B,) each
            chosen.append(dice.throw(logits, numbers[:, None]))
            logits, hiddens, cells = self.stepper.step(chosen[-1], hiddens, cells)
        return Written(torch.stack(chosen, dim=1), logits, torch.stack(hiddens), torch.stack(cells))
