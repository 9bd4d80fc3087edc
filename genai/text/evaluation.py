"""How good a text model is: python -m genai.text.evaluation shakespeare.

First how well it predicts text it has not seen: the mean surprise in nats a character, -log p of the character that
came, beside what counting and a compressor reach. Then what it writes by itself.
"""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import tyro
from torch import Tensor
from torch.nn import functional as F

from genai import checkpoint
from genai.checkpoint.header import Header
from genai.errors import ConfigError, GenaiError
from genai.quality.figures import Figure, figures_to_json, format_report
from genai.text import data, load
from genai.text.model import CharLSTM
from genai.text.quality import baselines, samples
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary

MAX_COUNT = 1000


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


def figures(network: CharLSTM, vocabulary: Vocabulary, validation: str) -> dict[str, Figure]:
    """Return both losses on a held-out text, in nats a character."""
    tokens, length = vocabulary.encode(validation), 256
    return {
        "nats_per_character_blocks": Figure(
            block_loss(network, tokens, length),
            (len(tokens) - 1) // length * length,
            f"held-out text, all whole blocks of {length} characters, each from an empty state; no dice",
        ),
        "nats_per_character_stream": Figure(
            stream_loss(network, tokens),
            len(tokens) - 1,
            "held-out text, one stream, state carried from its first character to its last; no dice",
        ),
    }


def learnt_from(header: Header, corpus: data.Corpus) -> str:
    """Return the text that a model was trained on."""
    settings = header.training.get("settings", {})
    return corpus.learnt(final=settings.get("final", False), characters=settings.get("characters"))


def evaluate(model: TextModel, header: Header, corpus: data.Corpus, count: int) -> dict[str, Figure]:
    """Return all figures of a model; `count` texts a temperature are written for those of what it writes."""
    training = learnt_from(header, corpus)
    losses = figures(model.network, model.vocabulary, corpus.validation)
    others = baselines.figures(training, corpus.validation, model.vocabulary)
    beside = {"even odds": math.log(len(model.vocabulary))}
    beside |= {name.removeprefix("nats_per_character_"): figure.value for name, figure in others.items()}
    losses["nats_per_character_stream"] = replace(losses["nats_per_character_stream"], beside=beside)
    return {**losses, **others, **samples.figures(model, header.data_set, training, corpus.validation, count)}


def main(
    name: tyro.conf.Positional[str],
    *,
    own: Annotated[str | None, tyro.conf.arg(name="data")] = None,
    device: str | None = None,
    keep: bool = False,
    count: Annotated[int, tyro.conf.arg(name="samples")] = 100,
    checkpoints: Path | None = None,
) -> None:
    """Print a text model's figures: a table, then the same as JSON.

    Args:
        name: A checkpoint's name, or the path of its file.
        own: The .txt file that it was trained on, if it is your own.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        keep: Also write the figures into the header of the file.
        count: Texts to write at each of three temperatures, 1 to 1000.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    if not 1 <= count <= MAX_COUNT:
        raise ConfigError(
            "Count {value} cannot be used: it must be a whole number from 1 to {high}.", value=count, high=MAX_COUNT
        )
    model = load(name, device, checkpoints)
    assert model.header is not None  # a loaded model has one
    named = evaluate(model, model.header, data.load(own or model.header.data_set), count)
    print(
        format_report(model.name, named, weights=sum(parameter.numel() for parameter in model.network.parameters()))
    )
    if keep:
        checkpoint.update_header(checkpoint.find(name, "text", checkpoints), metrics=figures_to_json(named))


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except GenaiError as error:
        sys.exit(str(error))
