"""One character at a time, fast, and the odds of the next one.

Calling nn.LSTM once a character spends its time on overhead. The step here multiplies each layer's input and
recurrent product in one go, and looks the first layer's input product up in a table made once (embedding times
input matrix), since there are only as many inputs as characters.
"""

import torch
from torch import Tensor

from genai.text.model import CharLSTM, State, update_cell


class Stepper:
    """A char-LSTM rearranged for one character at a time."""

    @torch.no_grad()
    def __init__(self, network: CharLSTM) -> None:
        first, *others = network.lstms
        weights = [{n: p.detach().clone() for n, p in lstm.named_parameters()} for lstm in (first, *others)]
        biases = [w["bias_ih_l0"] + w["bias_hh_l0"] for w in weights]
        self.table = network.embedding.weight @ weights[0]["weight_ih_l0"].T + biases[0]  # (V, 4H)
        self.recurrent = weights[0]["weight_hh_l0"].T.contiguous()  # (H, 4H)
        self.deeper = [
            (bias, torch.cat([w["weight_ih_l0"], w["weight_hh_l0"]], dim=1).T.contiguous())  # (4H,), (2H, 4H)
            for w, bias in zip(weights[1:], biases[1:], strict=True)
        ]
        self.head = network.head.weight.detach().T.contiguous(), network.head.bias.detach().clone()

    @torch.inference_mode()
    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character in each of B texts.

        Args:
            tokens: (B,), character numbers.
            state: Hidden and cell state, each (layers, B, H).

        Returns:
            Logits (B, V) of the next character, and the state after.
        """
        before_hidden, before_cell = state[0].unbind(), state[1].unbind()
        preactivation = torch.addmm(self.table[tokens], before_hidden[0], self.recurrent)  # (B, 4H)
        x, cell, _ = update_cell(preactivation, before_cell[0])
        hiddens, cells = [x], [cell]
        for layer, (bias, weight) in enumerate(self.deeper, start=1):
            joined = torch.cat([x, before_hidden[layer]], dim=1)  # (B, 2H)
            x, cell, _ = update_cell(torch.addmm(bias, joined, weight), before_cell[layer])
            hiddens.append(x)
            cells.append(cell)
        return torch.addmm(self.head[1], x, self.head[0]), (torch.stack(hiddens), torch.stack(cells))


def probabilities(logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor) -> tuple[Tensor, Tensor]:
    """Turn logits into the odds of the dice: divide by temperature, keep the likeliest, renormalise.

    Args:
        logits: (B, V).
        temperature: (B,), 0 gives all probability to the likeliest character.
        top_k: (B,), 0 keeps all.
        top_p: (B,), the smallest set of likeliest characters with at least this probability is kept.

    Returns:
        Probabilities (B, V) in falling order, float64, and the character numbers (B, V) they belong to.
    """
    ordered, characters = logits.double().sort(dim=1, descending=True, stable=True)
    cold = temperature == 0
    scaled = (ordered - ordered[:, :1]) / torch.where(cold, 1.0, temperature)[:, None]
    odds = scaled.softmax(dim=1)
    rank = torch.arange(logits.shape[1], device=logits.device)[None]
    limit = torch.where(cold, 1, torch.where(top_k == 0, logits.shape[1], top_k))[:, None]
    before = odds.cumsum(dim=1) - odds  # probability of all likelier characters
    nucleus = (before < top_p[:, None]) | (top_p[:, None] >= 1)  # rounding may bring the sum to 1 too early
    kept = odds * ((rank < limit) & nucleus)
    return kept / kept.sum(dim=1, keepdim=True), characters
