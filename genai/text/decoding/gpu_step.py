"""One character at a time on a GPU, where what counts is the number of kernels: each takes some microseconds.

A cell's gates are one kernel, that of nn.LSTMCell. Weights that float16 holds exactly, as those of a checkpoint,
are kept in it and multiplied by tensor cores: the hidden state is rounded to 11 bits, as in TF32, and products are
added up in float32.
"""

import torch
from torch import Tensor, nn

from genai.text.model import CharLSTM, update_cell


class GpuStep(nn.Module):
    """A char-LSTM rearranged for that; its weights are copies and do not learn."""

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        super().__init__()
        weights = [{n: p.detach().clone() for n, p in lstm.named_parameters()} for lstm in network.lstms]
        head, bias = network.head.weight.detach().clone(), network.head.bias.detach().clone()
        self.table = network.embedding.weight @ weights[0]["weight_ih_l0"].T  # (V, 4H)
        self.biases = [(w["bias_ih_l0"], w["bias_hh_l0"]) for w in weights]
        matrices = [*[w[name] for w in weights for name in ("weight_ih_l0", "weight_hh_l0")][1:], head]
        # AMD's library has no product of this kind.
        halved = torch.version.hip is None and all(torch.equal(m.half().float(), m) for m in matrices)
        self.dtype = torch.float16 if halved else torch.float32
        *kept, self.head = [matrix.to(self.dtype) for matrix in matrices]
        self.recurrent, self.deeper = kept[0::2], kept[1::2]  # (4H, H) each
        self.bias = bias

    def forward(
        self, tokens: Tensor, hidden: list[Tensor], cell: list[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Read one character in each of B texts, as `Stepper`; hidden states come back in the weights' type."""
        given = self.table.index_select(0, tokens)
        hiddens: list[Tensor] = []
        cells: list[Tensor] = []
        for n, matrix in enumerate(self.recurrent):
            if n > 0:
                given = multiply(hiddens[-1], self.deeper[n - 1])
            x, memory = update(given, multiply(hidden[n].to(self.dtype), matrix), cell[n], self.biases[n])
            hiddens.append(x.to(self.dtype))
            cells.append(memory)
        return multiply(hiddens[-1], self.head) + self.bias, hiddens, cells


def multiply(x: Tensor, weight: Tensor) -> Tensor:
    """Multiply x (B, in) by a weight (out, in) of its type: (B, out), float32."""
    if x.is_cuda and x.dtype == torch.float16:
        return torch.mm(x, weight.T, out_dtype=torch.float32)
    return x.float() @ weight.float().T


def update(given: Tensor, recurrent: Tensor, cell: Tensor, biases: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Apply the LSTM equations to the two parts of the gates' sums i, f, g, o (B, 4H) and the cell state (B, H).

    Returns:
        Hidden and cell state, each (B, H).
    """
    if given.is_cuda:
        hidden, memory, _ = torch.ops.aten._thnn_fused_lstm_cell(given, recurrent, cell, *biases)
        return hidden, memory
    hidden, memory, _ = update_cell(given + recurrent + biases[0] + biases[1], cell)
    return hidden, memory
