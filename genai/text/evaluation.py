"""How well a text model predicts text it has not seen: mean surprise in nats a character, -log p."""

import torch
from torch import Tensor
from torch.nn import functional as F

from genai.text.model import CharLSTM


@torch.inference_mode()
def stream_loss(network: CharLSTM, tokens: Tensor, window: int = 512) -> float:
    """Return nats a character over one stream, the state carried from the first character to the last.

    Args:
        network: The model; its device is used.
        tokens: (N,), the text as numbers; the first one is given, N - 1 are predicted.
        window: Characters a forward pass; does not change the result but for rounding.
    """
    tokens = tokens.to(network.head.weight.device)
    total, state = 0.0, None
    for start in range(0, len(tokens) - 1, window):
        stop = min(start + window, len(tokens) - 1)
        logits, state = network(tokens[None, start:stop], state)
        total += F.cross_entropy(logits[0].float(), tokens[start + 1 : stop + 1], reduction="sum").item()
    return total / (len(tokens) - 1)


@torch.inference_mode()
def block_loss(network: CharLSTM, tokens: Tensor, length: int = 256, batch: int = 64) -> float:
    """Return nats a character over all whole blocks, each read from an empty state.

    The protocol of nanoGPT with all blocks in place of a random choice of them: the first character of a block
    is given, `length` are predicted.

    Args:
        network: The model; its device is used.
        tokens: (N,), the text as numbers.
        length: Characters predicted a block.
        batch: Blocks a forward pass; does not change the result but for rounding.
    """
    tokens = tokens.to(network.head.weight.device)
    blocks = tokens[: (len(tokens) - 1) // length * length + 1].unfold(0, length + 1, length)  # (blocks, length+1)
    total = 0.0
    for part in torch.split(blocks, batch):
        logits, _ = network(part[:, :-1])
        total += F.cross_entropy(logits.flatten(0, 1).float(), part[:, 1:].flatten(), reduction="sum").item()
    return total / (len(blocks) * length)
