"""One character at a time on a GPU, where the number of kernels counts: each takes some microseconds.

A cell's gates are one kernel, that of nn.LSTMCell. Weights that float16 holds exactly, as those of a checkpoint,
are kept in it and multiplied by tensor cores: the hidden state is rounded to 11 bits, as in TF32, and products are
accumulated in float32.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from genai.compat import fused_lstm_cell
from genai.text.decoding.step import MAX_ROWS
from genai.text.model import CharLSTM, update_cell
from genai.text.networks import State


@dataclass
class GpuBuffers:
    """Hidden state (B, H), of the step's type, and cell state (B, H) of each layer; a step replaces them."""

    hidden: list[Tensor]
    cell: list[Tensor]


class GpuStep:
    """A char-LSTM rearranged to read one character at a time; its weights are copies."""

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        layers = [{n: p.detach().clone() for n, p in lstm.named_parameters()} for lstm in network.lstms]
        head = network.head.weight.detach().clone()
        self._table = network.embedding.weight @ layers[0]["weight_ih_l0"].T  # (V, 4H)
        self._biases = [(layer["bias_ih_l0"], layer["bias_hh_l0"]) for layer in layers]
        recurrent = [layer["weight_hh_l0"] for layer in layers]
        deeper = [layer["weight_ih_l0"] for layer in layers[1:]]
        exact = all(torch.equal(matrix.half().float(), matrix) for matrix in (*recurrent, *deeper, head))
        # AMD's library has no product of float16 with a float32 result.
        self.dtype = torch.float16 if exact and torch.version.hip is None else torch.float32
        self._recurrent = [matrix.to(self.dtype) for matrix in recurrent]  # (4H, H) each
        self._deeper = [matrix.to(self.dtype) for matrix in deeper]  # (4H, H) each
        self._head = head.to(self.dtype)
        self._head_bias = network.head.bias.detach().clone()

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._table.device

    @property
    def row_counts(self) -> list[int]:
        """One size only: a GPU takes as long for one row as for so many."""
        return [MAX_ROWS]

    def buffers(self, state: State) -> GpuBuffers:
        """Take hidden and cell states (layers, B, H) apart by layers."""
        hidden, cell = state
        return GpuBuffers(list(hidden.to(self.dtype).unbind(0)), list(cell.unbind(0)))

    def read(self, tokens: Tensor, buffers: GpuBuffers) -> None:
        """Read one character, numbers (B,), in each of B texts."""
        inputs = self._table.index_select(0, tokens)  # (B, 4H)
        for layer, matrix in enumerate(self._recurrent):
            if layer > 0:
                inputs = multiply(buffers.hidden[layer - 1], self._deeper[layer - 1])
            recurrent = multiply(buffers.hidden[layer], matrix)
            hidden, buffers.cell[layer] = update(inputs, recurrent, buffers.cell[layer], self._biases[layer])
            buffers.hidden[layer] = hidden.to(self.dtype)

    def logits(self, buffers: GpuBuffers) -> Tensor:
        """Return the logits (B, V) of the next character of each text."""
        return multiply(buffers.hidden[-1], self._head) + self._head_bias

    def state(self, buffers: GpuBuffers) -> State:
        """Return hidden and cell states (layers, B, H) as tensors of their own."""
        return torch.stack(buffers.hidden).float(), torch.stack(buffers.cell)


def multiply(x: Tensor, weight: Tensor) -> Tensor:
    """Multiply x (B, in) by a weight (out, in) of its type: (B, out), float32."""
    if x.is_cuda and x.dtype == torch.float16:
        return torch.mm(x, weight.T, out_dtype=torch.float32)
    return x.float() @ weight.float().T


def update(inputs: Tensor, recurrent: Tensor, cell: Tensor, biases: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Apply the LSTM equations to the two parts of the gates' sums i, f, g, o (B, 4H) and the cell state (B, H).

    Returns:
        Hidden and cell state, each (B, H).
    """
    if inputs.is_cuda:
        return fused_lstm_cell(inputs, recurrent, cell, biases)
    hidden, new_cell, _ = update_cell(inputs + recurrent + biases[0] + biases[1], cell)
    return hidden, new_cell
