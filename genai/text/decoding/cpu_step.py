"""One character at a time, fast.

Calling nn.LSTM once a character spends its time on overhead. The step here multiplies each layer's input and
recurrent product in one go, and looks the first layer's input product up in a table made once (embedding times
input matrix), since there are only as many inputs as characters. What is left is the time in which the weights come
from memory; where they are known to half precision, as in a checkpoint, they are kept in that.

All `forward`s here are TorchScript as well as Python.
"""

from functools import cache
from math import lcm

import torch
from torch import Tensor, nn

from genai.text.model import CharLSTM

MAX_ROWS = 64
"""Rows of the largest step: more are done in several."""


class CpuStep(nn.Module):
    """A char-LSTM rearranged for one character at a time; its weights are copies and do not learn."""

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        super().__init__()
        first, *others = network.lstms
        weights = [{n: p.detach().clone() for n, p in lstm.named_parameters()} for lstm in (first, *others)]
        biases = [w["bias_ih_l0"] + w["bias_hh_l0"] for w in weights]
        table = network.embedding.weight @ weights[0]["weight_ih_l0"].T + biases[0]  # (V, 4H)
        self.table = _sigmoids_first(table.T).T.contiguous()
        self.recurrent = product(_sigmoids_first(weights[0]["weight_hh_l0"]))
        self.deeper = nn.ModuleList(
            product(
                _sigmoids_first(torch.cat([w["weight_ih_l0"], w["weight_hh_l0"]], dim=1)),  # (4H, 2H)
                _sigmoids_first(bias),  # (4H,)
            )
            for w, bias in zip(weights[1:], biases[1:], strict=True)
        )
        self.head = product(network.head.weight.detach().clone(), network.head.bias.detach().clone())

    def forward(
        self, tokens: Tensor, hidden: list[Tensor], cell: list[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Read one character in each of B texts.

        Args:
            tokens: (B,), character numbers.
            hidden: Hidden state of each layer, (B, H).
            cell: Cell state of each layer, (B, H).

        Returns:
            Logits (B, V) of the next character, hidden and cell states after.
        """
        x, memory = _update_cell(self.recurrent(hidden[0]) + self.table.index_select(0, tokens), cell[0])
        hiddens, cells = [x], [memory]
        for n, multiply in enumerate(self.deeper):
            x, memory = _update_cell(multiply(torch.cat([x, hidden[n + 1]], dim=1)), cell[n + 1])
            hiddens.append(x)
            cells.append(memory)
        return self.head(x), hiddens, cells


def _sigmoids_first(gates: Tensor) -> Tensor:
    """Order rows (4H, ...) of nn.LSTM's gates i, f, g, o as i, f, o, g: one call for all three sigmoids."""
    i, f, g, o = gates.chunk(4)
    return torch.cat([i, f, o, g])


def _update_cell(sums: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """The LSTM equations as of `model.update_cell`, in as few operations as will do; uses the sums (B, 4H) up."""
    i, f, o, g = sums.chunk(4, dim=1)
    sums.narrow(1, 0, 3 * cell.shape[1]).sigmoid_()
    memory = (f * cell).addcmul_(i, g.tanh_())
    return o * memory.tanh(), memory


class Product(nn.Module):
    """x (B, in) -> x W^T + b (B, out) with fixed weights W (out, in) and b (out,)."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.transposed, self.bias = weight.T.contiguous(), bias

    def forward(self, x: Tensor) -> Tensor:
        """Multiply."""
        bias = self.bias
        return x @ self.transposed if bias is None else torch.addmm(bias, x, self.transposed)


class HalfProduct(nn.Module):
    """The same with weights in float16, multiplied in float32."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply."""
        result: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, self.packed)
        return result


def product(weight: Tensor, bias: Tensor | None = None) -> Product | HalfProduct:
    """Prepare the product with some weights (out, in) and (out,).

    On a CPU a product with few rows takes as long as its weights take to come from memory. Weights that float16
    holds exactly are kept in it, half as long: the result is the same to rounding.
    """
    packable = weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm")
    kind = HalfProduct if packable and torch.equal(weight.half().float(), weight) else Product
    return kind(weight, bias)


def row_multiple(stepper: CpuStep) -> int:
    """Tell of how many rows a step should have a multiple: each text then comes out to the bit as in any company.

    Libraries have other kernels for few rows than for many, and for what is left over of many; each adds up in an
    order of its own.
    """
    products = [stepper.recurrent, *stepper.deeper, stepper.head]
    return lcm(*{_row_multiple(isinstance(one, HalfProduct), stepper.table.device) for one in products})


@cache
def _row_multiple(halved: bool, device: torch.device) -> int:
    rng = torch.Generator().manual_seed(0)
    weight, x = torch.randn(512, 512, generator=rng).half().float(), torch.randn(2 * MAX_ROWS, 512, generator=rng)
    multiply, x = (HalfProduct if halved else Product)(weight.to(device), None), x.to(device)
    for size in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48):
        counts = range(size, MAX_ROWS + size, size)
        most = multiply(x[: counts[-1]])
        if all(torch.equal(multiply(x[:count]), most[:count]) for count in counts):
            return size
    return MAX_ROWS
