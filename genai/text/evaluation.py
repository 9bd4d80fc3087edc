"""How well a text model predicts text it has not seen: python -m genai.text.evaluation shakespeare.

The figure is the mean surprise in nats a character, -log p of the character that came.
"""

import json
import sys
from typing import Any

import torch
import tyro
from torch import Tensor
from torch.nn import functional as F

from genai.errors import GenaiError
from genai.text import data, load
from genai.text.model import CharLSTM
from genai.text.vocabulary import Vocabulary


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


def figures(network: CharLSTM, vocabulary: Vocabulary, validation: str) -> dict[str, Any]:
    """Return both figures on a held-out text, each with n and protocol."""
    tokens, length = vocabulary.encode(validation), 256
    blocks = (len(tokens) - 1) // length * length
    return {
        "nats_per_character_blocks": {
            "value": round(block_loss(network, tokens, length), 4),
            "n": blocks,
            "protocol": f"held-out text, all whole blocks of {length} characters, each from an empty state",
        },
        "nats_per_character_stream": {
            "value": round(stream_loss(network, tokens), 4),
            "n": len(tokens) - 1,
            "protocol": "held-out text, one stream, state carried from its first character to its last",
        },
    }


def main(name: tyro.conf.Positional[str], *, device: str | None = None) -> None:
    """Print a text model's figures as JSON.

    Args:
        name: A checkpoint's name, or the path of its file.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
    """
    model = load(name, device)
    assert model.header is not None  # a loaded model has one
    corpus = data.load(model.header.data_set)
    weights = sum(parameter.numel() for parameter in model.network.parameters())
    print(json.dumps({"model": model.name, "weights": weights,
                      **figures(model.network, model.vocabulary, corpus.validation)}, indent=1))  # fmt: skip


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
