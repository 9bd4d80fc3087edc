"""Evaluate a text model: python -m genai.text.evaluation shakespeare.

First its loss on held-out text: the mean of -log p of the next character, in nats per character, with the losses
of an n-gram model and of a compressor for comparison. Then properties of the texts that it generates.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from genai import checkpoint
from genai.checkpoint.header import Header, training_sha256
from genai.errors import ConfigError, exit_with_sentence
from genai.quality.figures import Figure, figures_to_json, format_report
from genai.text import data, load
from genai.text.networks import Network, State, device_of
from genai.text.pair.network import CharPair, log_mean_probabilities
from genai.text.quality import baselines, samples
from genai.text.sampling import TextModel
from genai.text.vocabulary import Vocabulary

MAX_COUNT = 1000
BLOCK = 256  # characters of a block, as in nanoGPT


@torch.inference_mode()
def stream_loss(networks: Network | Sequence[Network], tokens: Tensor, window: int = 512) -> float:
    """Return the loss in nats per character over one stream, whose state is carried from start to end.

    Args:
        networks: One network, or several on one device, whose probabilities are averaged.
        tokens: (N,), the text as numbers, of which the last N - 1 are predicted.
        window: Characters per forward pass; it changes the result only by rounding.
    """
    together = _as_list(networks)
    tokens = tokens.to(device_of(together[0]))
    total = 0.0
    states: list[State | None] = [None] * len(together)
    for start in range(0, len(tokens) - 1, window):
        stop = min(start + window, len(tokens) - 1)
        logits: list[Tensor] = []
        for number, network in enumerate(together):
            read, states[number] = network(tokens[None, start:stop], states[number])
            logits.append(read[0])
        total += F.nll_loss(log_mean_probabilities(logits), tokens[start + 1 : stop + 1], reduction="sum").item()
    return total / (len(tokens) - 1)


@torch.inference_mode()
def block_loss(
    networks: Network | Sequence[Network], tokens: Tensor, length: int = BLOCK, batch: int = 64
) -> float:
    """Return the loss in nats per character over all whole blocks, each read from an empty state.

    This is nanoGPT's protocol, with all blocks in place of a random sample: the network reads the first character
    of a block and predicts the `length` that follow.

    Args:
        networks: One network, or several on one device, whose probabilities are averaged.
        tokens: (N,), the text as numbers.
        length: Characters predicted per block.
        batch: Blocks per forward pass; it changes the result only by rounding.
    """
    together = _as_list(networks)
    tokens = tokens.to(device_of(together[0]))
    blocks = tokens[: (len(tokens) - 1) // length * length + 1].unfold(0, length + 1, length)  # (blocks, length+1)
    total = 0.0
    for part in torch.split(blocks, batch):
        logits = [network(part[:, :-1])[0].flatten(0, 1) for network in together]
        total += F.nll_loss(log_mean_probabilities(logits), part[:, 1:].flatten(), reduction="sum").item()
    return total / (len(blocks) * length)


def _as_list(networks: Network | Sequence[Network]) -> Sequence[Network]:
    return [networks] if isinstance(networks, nn.Module) else networks


def figures(networks: Network | Sequence[Network], vocabulary: Vocabulary, validation: str) -> dict[str, Figure]:
    """Return both losses on a held-out text, in nats per character; of several, by the mean of their probabilities.

    Args:
        networks: One, or several of one vocabulary.
        vocabulary: Theirs.
        validation: The text.
    """
    tokens = vocabulary.encode(validation)
    return {
        "nats_per_character_blocks": Figure(
            block_loss(networks, tokens),
            (len(tokens) - 1) // BLOCK * BLOCK,
            f"held-out text, all whole blocks of {BLOCK} characters, each from an empty state; nothing is sampled",
        ),
        "nats_per_character_stream": Figure(
            stream_loss(networks, tokens),
            len(tokens) - 1,
            "held-out text, one stream, state carried from its first character to its last; nothing is sampled",
        ),
    }


def training_text(header: Header, corpus: data.Corpus) -> str:
    """Return the text that a model was trained on, by the settings in its header."""
    settings = header.training.get("settings", {})
    return corpus.training_text(final=settings.get("final", False), characters=settings.get("characters"))


def evaluate(model: TextModel, header: Header, corpus: data.Corpus, count: int) -> dict[str, Figure]:
    """Return all figures of a model; those of its samples are taken from `count` texts per temperature."""
    training = training_text(header, corpus)
    losses = figures(model.network, model.vocabulary, corpus.validation)
    baseline_losses = baselines.figures(training, corpus.validation, model.vocabulary)
    beside = {"even odds": math.log(len(model.vocabulary))}
    for name, figure in baseline_losses.items():
        beside[name.removeprefix("nats_per_character_")] = figure.value
    losses["nats_per_character_stream"] = replace(losses["nats_per_character_stream"], beside=beside)
    data_set = corpus.card.published_name  # somebody's tang.txt need not be of poems
    sample_figures = samples.figures(model, data_set, training, corpus.validation, count)
    return {**losses, **baseline_losses, **sample_figures}


def main(
    name: tyro.conf.Positional[str],
    *,
    beside: str | None = None,
    own: Annotated[str | None, tyro.conf.arg(name="data")] = None,
    device: str | None = None,
    keep: bool = False,
    count: Annotated[int, tyro.conf.arg(name="samples")] = 400,
    checkpoints: Path | None = None,
) -> None:
    """Print a text model's figures: a table, then the same as JSON.

    Args:
        name: A checkpoint's name, or the path of its file.
        beside: Another model of the same text: print the losses of both, and of the mean of their probabilities,
            and nothing else.
        own: The .txt file that it was trained on, if it is your own.
        device: cpu, cuda, ...; left out: the accelerator of this machine, else the CPU.
        keep: Also write the figures into the header of the file; with `beside` those of the mean.
        count: Texts to generate with each of the settings of sampling, 1 to 1000.
        checkpoints: Folder of models; left out: the shipped ones.
    """
    if not 1 <= count <= MAX_COUNT:
        raise ConfigError(
            "Count {value} cannot be used: it must be a whole number from 1 to {high}.", value=count, high=MAX_COUNT
        )
    model = load(name, device, checkpoints)
    assert model.header is not None  # a loaded model has one
    if keep and isinstance(model.network, CharPair):
        raise ConfigError(
            "The figures of {name} cannot be kept: a pair of models has no file of its own. Leave --keep out, or "
            "name one of the two, and the other with --beside.",
            name=name,
        )
    encoding = model.header.training.get("settings", {}).get("encoding")
    corpus = data.load(own or model.header.data_set, encoding)
    if beside is not None:
        other = load(beside, device, checkpoints)
        together = _compare(model, other, corpus)
        if keep:
            path = checkpoint.find(name, "text", checkpoints)
            _keep_together(path, other, together)
        return
    results = evaluate(model, model.header, corpus, count)
    weights = sum(parameter.numel() for parameter in model.network.parameters())
    print(format_report(model.name, results, weights=weights))
    if keep:
        path = checkpoint.find(name, "text", checkpoints)
        checkpoint.update_header(path, metrics=figures_to_json(results))


def _compare(model: TextModel, other: TextModel, corpus: data.Corpus) -> dict[str, Figure]:
    """Print the losses of two models of a text, and of the mean of their probabilities.

    Returns:
        The figures of the mean, with those of both models beside them.

    Raises:
        ConfigError: if they do not know the same characters.
    """
    if model.vocabulary.characters != other.vocabulary.characters:
        raise ConfigError(
            "{name} and {other} cannot be averaged: they know different characters. Name two models of one text.",
            name=model.name,
            other=other.name,
        )
    pairs = {
        model.name: [model.network],
        other.name: [other.network],
        f"{model.name} + {other.name}": [model.network, other.network],
    }
    losses: dict[str, dict[str, Figure]] = {}
    for title, networks in pairs.items():
        losses[title] = figures(networks, model.vocabulary, corpus.validation)
        weights = sum(parameter.numel() for network in networks for parameter in network.parameters())
        print(format_report(title, losses[title], weights=weights))
    together = losses.pop(f"{model.name} + {other.name}")
    return _beside(together, losses)


def _beside(together: Mapping[str, Figure], alone: Mapping[str, Mapping[str, Figure]]) -> dict[str, Figure]:
    """Return the figures of a mean with those of each model, by its name, beside them."""
    return {
        name: replace(figure, beside={model: own[name].value for model, own in alone.items()})
        for name, figure in together.items()
    }


def _keep_together(path: Path, other: TextModel, together: Mapping[str, Figure]) -> None:
    """Write the figures of the mean with another model's probabilities into the header of a file."""
    assert other.header is not None  # a loaded model has one
    kept = checkpoint.read_header(path).together
    checkpoint.update_header(path, together={**kept, training_sha256(other.header): figures_to_json(together)})


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
