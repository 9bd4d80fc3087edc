"""One character at a time on a CPU.

`nn.LSTM` called once a character spends its time on overhead. The step here multiplies by a layer's input and
recurrent matrices in one product. It looks the first layer's input product up in a table (embedding times input
matrix), since there are only as many inputs as characters. It computes in place: with few rows, allocation and
dispatch of an operation cost as much as its arithmetic.

What remains is the time to read the weights from memory. Weights that float16 holds exactly, as those of a
checkpoint, are kept in it, which halves that time.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from genai.seeds import make_rng
from genai.text.decoding.product import Product, make_product
from genai.text.decoding.step import MAX_ROWS, RowCounts
from genai.text.model import CharLSTM
from genai.text.networks import State


class LayerBuffers:
    """The state of one layer for B texts and room for its sums, all changed in place by each step.

    Args:
        inputs: What the layer's matrix multiplies: of the first layer its hidden state (B, H), of a deeper one the
            hidden state below and its own, (B, 2H).
        cell: (B, H), the cell state.
    """

    def __init__(self, inputs: Tensor, cell: Tensor) -> None:
        rows, size = cell.shape
        self.inputs = inputs
        self.cell = cell
        self.hidden = inputs[:, -size:]  # (B, H), the layer's own hidden state
        self.below = inputs[:, :-size]  # (B, H), the hidden state of the layer below; (B, 0) in the first layer
        self.gates = inputs.new_empty(rows, 4 * size)
        self.sigmoid_gates = self.gates[:, : 3 * size]
        self.input_gate, self.forget_gate, self.output_gate, self.candidate = self.gates.chunk(4, dim=1)
        self.scratch = torch.empty_like(cell)

    def update(self) -> None:
        """Apply the LSTM equations, as `model.update_cell`, to the sums in `gates`, which are overwritten."""
        self.sigmoid_gates.sigmoid_()
        self.candidate.tanh_()
        self.cell.mul_(self.forget_gate).addcmul_(self.input_gate, self.candidate)
        torch.tanh(self.cell, out=self.scratch)
        torch.mul(self.output_gate, self.scratch, out=self.hidden)


class CpuStep:
    """A char-LSTM rearranged to read one character at a time; its weights are copies.

    Works on every device, and is fast on a CPU.
    """

    dtype = torch.float32

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        first, *deeper = [
            {name: value.detach().clone() for name, value in lstm.named_parameters()} for lstm in network.lstms
        ]
        bias = first["bias_ih_l0"] + first["bias_hh_l0"]
        table = network.embedding.weight @ first["weight_ih_l0"].T + bias  # (V, 4H)
        self._table = _sigmoid_gates_first(table.T).T.contiguous()
        self._products: list[Product] = [make_product(_sigmoid_gates_first(first["weight_hh_l0"]))]
        for weights in deeper:
            matrix = torch.cat([weights["weight_ih_l0"], weights["weight_hh_l0"]], dim=1)  # (4H, 2H)
            bias = weights["bias_ih_l0"] + weights["bias_hh_l0"]
            self._products.append(make_product(_sigmoid_gates_first(matrix), _sigmoid_gates_first(bias)))
        self._head = make_product(network.head.weight.detach().clone(), network.head.bias.detach().clone())
        self._row_counts = RowCounts(self, self._random_rows)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._table.device

    def buffers(self, state: State) -> list[LayerBuffers]:
        """Copy hidden and cell states (layers, B, H) into buffers, one for each layer."""
        hidden, cell = state
        deeper = [torch.cat([below, own], dim=1) for below, own in pairwise(hidden)]
        # The first layer's hidden state is stored once, where the second layer reads it.
        first = deeper[0][:, : hidden.shape[2]] if deeper else hidden[0].clone()
        return [LayerBuffers(x, c.clone()) for x, c in zip([first, *deeper], cell, strict=True)]

    def read(self, tokens: Tensor, buffers: Sequence[LayerBuffers]) -> None:
        """Read one character, numbers (B,), in each of B texts: advances the buffers in place."""
        first = buffers[0]
        self._products[0](first.inputs, first.gates)
        first.gates.add_(self._table.index_select(0, tokens))
        first.update()
        for layer in range(1, len(buffers)):
            own = buffers[layer]
            if layer > 1:
                own.below.copy_(buffers[layer - 1].hidden)
            self._products[layer](own.inputs, own.gates)
            own.update()

    def logits(self, buffers: Sequence[LayerBuffers]) -> Tensor:
        """Return the logits (B, V) of the next character of each text."""
        hidden = buffers[-1].hidden
        return self._head(hidden, hidden.new_empty(len(hidden), self._head.out_features))

    def state(self, buffers: Sequence[LayerBuffers]) -> State:
        """Return hidden and cell states (layers, B, H) as tensors of their own."""
        return torch.stack([layer.hidden for layer in buffers]), torch.stack([layer.cell for layer in buffers])

    @property
    def row_counts(self) -> list[int]:
        """Batch sizes at which a row has the same bits whatever else is in the batch; found at the first use."""
        return self._row_counts.get()

    def _random_rows(self) -> tuple[Tensor, State]:
        rng = make_rng(0)
        layers, size = len(self._products), self._products[0].in_features
        hidden = torch.randn(layers, MAX_ROWS, size, generator=rng).to(self.device)
        cell = torch.randn(layers, MAX_ROWS, size, generator=rng).to(self.device)
        tokens = torch.randint(len(self._table), (MAX_ROWS,), generator=rng).to(self.device)
        return tokens, (hidden, cell)


def _sigmoid_gates_first(gates: Tensor) -> Tensor:
    """Order rows (4H, ...) of nn.LSTM's gates i, f, g, o as i, f, o, g: one call computes all three sigmoids."""
    i, f, g, o = gates.chunk(4)
    return torch.cat([i, f, o, g])
