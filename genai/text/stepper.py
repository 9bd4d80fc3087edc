"""One character at a time, fast.

Calling nn.LSTM once a character spends its time on overhead. The step here multiplies each layer's input and
recurrent product in one go, and looks the first layer's input product up in a table made once (embedding times
input matrix), since there are only as many inputs as characters. What is left is the time in which the weights come
from memory; where they are known to half precision, as in a checkpoint, they are kept in that.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from genai.text.model import CharLSTM, State, update_cell


class Standing(NamedTuple):
    """Where a network stands after a text: logits (V,) of what comes next; its states, (layers, 1, H) each."""

    logits: Tensor
    state: State


class Stepper:
    """A char-LSTM rearranged for one character at a time."""

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        first, *others = network.lstms
        weights = [{n: p.detach().clone() for n, p in lstm.named_parameters()} for lstm in (first, *others)]
        biases = [w["bias_ih_l0"] + w["bias_hh_l0"] for w in weights]
        self.table = network.embedding.weight @ weights[0]["weight_ih_l0"].T + biases[0]  # (V, 4H)
        self.recurrent = product(weights[0]["weight_hh_l0"])
        self.deeper = [
            product(torch.cat([w["weight_ih_l0"], w["weight_hh_l0"]], dim=1), bias)  # (4H, 2H), (4H,)
            for w, bias in zip(weights[1:], biases[1:], strict=True)
        ]
        self.head = product(network.head.weight.detach().clone(), network.head.bias.detach().clone())

    @torch.inference_mode()
    def step(
        self, tokens: Tensor, hidden: Sequence[Tensor], cell: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Read one character in each of B texts.

        Args:
            tokens: (B,), character numbers.
            hidden: Hidden state of each layer, (B, H).
            cell: Cell state of each layer, (B, H).

        Returns:
            Logits (B, V) of the next character, hidden and cell states after.
        """
        x, memory, _ = update_cell(self.table[tokens] + self.recurrent(hidden[0]), cell[0])
        hiddens, cells = [x], [memory]
        for multiply, before, kept in zip(self.deeper, hidden[1:], cell[1:], strict=True):
            x, memory, _ = update_cell(multiply(torch.cat([x, before], dim=1)), kept)
            hiddens.append(x)
            cells.append(memory)
        return self.head(x), hiddens, cells

    @torch.inference_mode()
    def read(self, texts: Sequence[Tensor], state: State) -> list[Standing]:
        """Read B texts side by side; each is read as it would be alone.

        Args:
            texts: Character numbers of each, (T,), at least one.
            state: From which all begin, each (layers, 1, H).
        """
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))  # those that end last come first
        tokens = pad_sequence([texts[n] for n in order], batch_first=True)  # (B, T)
        hidden, cell = (list(part.expand(-1, len(texts), -1)) for part in state)
        found: dict[int, Standing] = {}
        for place in range(tokens.shape[1]):
            reading = len(texts) - len(found)
            logits, hidden, cell = self.step(
                tokens[:reading, place], [h[:reading] for h in hidden], [c[:reading] for c in cell]
            )
            for row in reversed(range(reading)):
                if len(texts[order[row]]) > place + 1:
                    break
                after = (
                    torch.stack([h[row : row + 1] for h in hidden]),
                    torch.stack([c[row : row + 1] for c in cell]),
                )
                found[order[row]] = Standing(logits[row], after)
        return [found[n] for n in range(len(texts))]


def product(weight: Tensor, bias: Tensor | None = None) -> Callable[[Tensor], Tensor]:
    """Prepare the product x (B, in) -> x W^T + b (B, out) with fixed weights W (out, in) and b (out,).

    On a CPU a product with few rows takes as long as its weights take to come from memory. Weights that float16
    holds exactly are kept in it, half as long, and multiplied in float32: the result is the same to rounding.
    """
    packable = weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm")
    if packable and torch.equal(weight.half().float(), weight):
        packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)
        return lambda x: torch.ops.quantized.linear_dynamic_fp16(x, packed)
    transposed = weight.T.contiguous()
    return lambda x: x @ transposed if bias is None else torch.addmm(bias, x, transposed)
