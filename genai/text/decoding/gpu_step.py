"""One character at a time on a GPU, where the number of kernels counts: each takes some microseconds.

A cell's gates are one kernel, that of nn.LSTMCell. Weights that float16 holds exactly, as those of a checkpoint,
are kept in it and multiplied by tensor cores: the hidden state is rounded to 11 bits, as in TF32, and products are
accumulated in float32.
"""

import torch
from torch import Tensor

from genai.compat import fused_lstm_cell
from genai.text.model import CharLSTM, update_cell


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

    def __call__(
        self, tokens: Tensor, hidden: list[Tensor], cell: list[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Read one character in each of B texts.

        Args:
            tokens: (B,), character numbers.
            hidden: Hidden state of each layer, (B, H).
            cell: Cell state of each layer, (B, H).

        Returns:
            Logits (B, V) of the next character, hidden states (of type `dtype`) and cell states after.
        """
        inputs = self._table.index_select(0, tokens)  # (B, 4H)
        new_hidden: list[Tensor] = []
        new_cell: list[Tensor] = []
        for layer, matrix in enumerate(self._recurrent):
            if layer > 0:
                inputs = multiply(new_hidden[-1], self._deeper[layer - 1])
            recurrent = multiply(hidden[layer].to(self.dtype), matrix)
            h, c = update(inputs, recurrent, cell[layer], self._biases[layer])
            new_hidden.append(h.to(self.dtype))
            new_cell.append(c)
        return multiply(new_hidden[-1], self._head) + self._head_bias, new_hidden, new_cell


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
