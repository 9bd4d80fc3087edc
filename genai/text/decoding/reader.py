"""Short prompts read side by side, each with the bits that it has alone."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from genai.text.decoding.step import MAX_ROWS, Step, pad_to
from genai.text.networks import State


class ModelState(NamedTuple):
    """Where a network stands after a text.

    Args:
        logits: (V,), of the next character.
        state: Of the one text; of a snapshot its first part only, what each layer put out.
    """

    logits: Tensor
    state: State


class PromptReader:
    """Reads prompts step by step.

    Args:
        step: Of the network.
    """

    def __init__(self, step: Step) -> None:
        self._step = step

    @torch.inference_mode()
    def read(self, texts: Sequence[Tensor], start: State) -> list[ModelState]:
        """Read B texts and return where the network stands after each.

        Args:
            texts: Character numbers of each, (T,), at least one.
            start: The state from which all begin, that of one text.
        """
        result: list[ModelState] = []
        for first in range(0, len(texts), MAX_ROWS):
            result += self._read_batch(texts[first : first + MAX_ROWS], start)
        return result

    def _read_batch(self, texts: Sequence[Tensor], start: State) -> list[ModelState]:
        rows = pad_to(len(texts), self._step.row_counts)
        tokens = pad_sequence(list(texts), batch_first=True)  # (B, T); a text that has ended reads on, unheeded
        tokens = torch.cat([tokens, tokens[:1].expand(rows - len(texts), -1)])
        buffers = self._step.buffers(tuple(part.repeat_interleave(rows, dim=1) for part in start))
        states: dict[int, ModelState] = {}
        for place in range(tokens.shape[1]):
            self._step.read(tokens[:, place], buffers)
            ended = [row for row, text in enumerate(texts) if len(text) == place + 1]
            if ended:
                logits = self._step.logits(buffers)
                state = self._step.state(buffers)
            for row in ended:
                own = tuple(part[:, row : row + 1].clone() for part in state)
                states[row] = ModelState(logits[row].clone(), own)
        return [states[row] for row in range(len(texts))]
