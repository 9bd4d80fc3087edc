"""Train a text model: python -m genai.text.training shakespeare, or ... shakespeare --network gpt."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from genai import checkpoint
from genai.checkpoint.ancestor import describe
from genai.checkpoint.header import Header, card_fields
from genai.device import pick_device, pick_float64_device
from genai.errors import ConfigError
from genai.quality.figures import figures_to_json
from genai.seeds import make_rng
from genai.text import data, load
from genai.text.evaluation import figures, stream_loss
from genai.text.gpt.model import CharGPT
from genai.text.indentation import is_tab_indented
from genai.text.networks import GPT, LSTM, TrainedNetwork, architecture_of, make_random_network
from genai.text.pair.listing import GPT_SUFFIX
from genai.text.pair.network import CharPair
from genai.text.recipes.config import TextConfig
from genai.text.recipes.distilling import TrainingText, taught_text
from genai.text.recipes.gpt import GptTrainer, GptTrainingConfig
from genai.text.recipes.lstm import LstmTrainer, TrainingConfig
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate
from genai.text.vocabulary import Vocabulary
from genai.training import history
from genai.training.averaging import make_ema
from genai.training.command_line import train_from_command_line
from genai.training.controls import Controls
from genai.training.data_record import DataRecord
from genai.training.run import Run, Stateful

CONFIGS: dict[str, type[TextConfig]] = {"lstm": TrainingConfig, "gpt": GptTrainingConfig}
"""The settings of each kind of network, by the value of --network."""
NETWORKS = {LSTM: "lstm", GPT: "gpt"}
"""The value of --network, by the architecture that a checkpoint names."""
SUFFIXES = {"lstm": "", "gpt": GPT_SUFFIX}
"""What the name of a run and its checkpoint has after the name of the text."""
HELD_OUT = {"dev": "dev", "validation": "held_out"}
"""Names in the log of the loss on each held-out text."""
EARLY_STEPS, EARLY_LENGTH = 10, 120
"""The samples of the first steps are short, in characters. On a busy core a whole one takes seconds, more than all
else until the first text is on the screen, and at first the network is as bad after its beginning."""
MAX_UNKNOWN = 0.1
"""Largest share of a text, by occurrence, that may consist of characters new to the checkpoint it starts from."""


class Trainer(Protocol):
    """What trains a network: `recipes.lstm` or `recipes.gpt`."""

    parts: dict[str, Stateful]
    """What a saved state holds beside the network and its average."""

    def step(self, text: TrainingText, config: Any, run: Run) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        """Take one gradient step.

        Returns:
            Loss on the text in nats per character, and the norm of the gradient before clipping.
        """


def make_trainer(network: TrainedNetwork, config: TextConfig, processes: int) -> Trainer:
    """Make what trains a network by the settings of its kind."""
    if isinstance(network, CharGPT):
        return GptTrainer(network, cast(GptTrainingConfig, config))
    return LstmTrainer(network, cast(TrainingConfig, config), processes)


def with_float64(config: TextConfig) -> TextConfig:
    """Return settings that leave a training to the CPU if the device has no float64, in which texts are drawn."""
    if pick_float64_device(config.device) == pick_device(config.device):
        return config
    return replace(config, device="cpu")


def train(config: TextConfig, controls: Controls | None = None) -> Path:
    """Train until the last step or the end of the time budget; return the path of the checkpoint.

    Args:
        config: The settings.
        controls: Who steers the run while it runs.
    """
    config = with_float64(config)
    corpus = data.load(config.data, config.encoding)
    text = corpus.train + corpus.dev + corpus.validation
    vocabulary = Vocabulary.of(text)
    ancestor = None
    started_from = None
    if config.start_from:
        ancestor = load_ancestor(config, text)
        started_from = describe_model(ancestor)
        vocabulary = extend(ancestor.vocabulary, vocabulary)
    tokens = vocabulary.encode(corpus.training_text(final=config.final, characters=config.characters))
    held_out = vocabulary.encode(held_out_text(config, corpus))
    teachers = [load_teacher(path, vocabulary) for path in config.teachers]
    taught_by = [describe_model(teacher) for teacher in teachers]
    name = corpus.card.name + SUFFIXES[config.network]
    run = Run(config, f"text/{name}", started_from, data_record(corpus, vocabulary), controls, taught_by)

    network = make_network(config, vocabulary, ancestor, run.device)
    ema = make_ema(network, config.ema_decay)
    if run.started_from:  # weights that are worth keeping: the average goes on, without its warm-up
        ema.n_averaged.fill_(run.started_from["steps"])
    averaged_network = cast(TrainedNetwork, ema.module)
    lead_in = data.lead_in_of(corpus.card)
    trainer = make_trainer(network, config, run.accelerator.num_processes)
    run.restore(network=network, average=ema, **trainer.parts)
    text_to_learn = TrainingText(tokens)
    if teachers:
        networks = [teacher.network.to(run.device) for teacher in teachers]
        text_to_learn = taught_text(networks, tokens, config.teachers_write, config.seed)

    def write(path: Path) -> None:
        write_sample(path, averaged_network, vocabulary, lead_in, is_early=run.step < EARLY_STEPS)

    keep = partial(_save_now, run=run, network=averaged_network, vocabulary=vocabulary, corpus=corpus)
    for step in run.steps():
        config = cast(TextConfig, run.config)  # that of now
        # Rates of dropout may have changed.
        network.config = averaged_network.config = config.network_config(len(vocabulary))
        loss, norm = trainer.step(text_to_learn, config, run)
        ema.update_parameters(network)
        if step % config.log_every == 0:
            run.log(loss=loss, gradient=norm)
        if len(held_out) and (step + 1) % config.evaluate_every == 0:
            run.log(**{HELD_OUT[config.evaluate_on]: stream_loss(averaged_network, held_out)})
        run.write_sample(".txt", write, keep)
    run.write_last_sample(".txt", write, keep)
    return export(run, averaged_network, vocabulary, corpus)


def held_out_text(config: TextConfig, corpus: data.Corpus) -> str:
    """Return the text that a run is evaluated on; "" for none, where the development text is trained on."""
    dev = "" if config.final else corpus.dev
    text = corpus.validation if config.evaluate_on == "validation" else dev
    return text[: config.evaluate_characters]


def data_record(corpus: data.Corpus, vocabulary: Vocabulary) -> DataRecord:
    """Say what a saved state is to know of a text."""
    length = len(corpus.train) + len(corpus.dev) + len(corpus.validation)
    facts: dict[str, int | str | list[str]] = {
        "different characters": list(vocabulary.characters),
        "length": length,
    }
    return DataRecord(corpus.fingerprint, facts)


def extend(known: Vocabulary, text: Vocabulary) -> Vocabulary:
    """Return the vocabulary of an ancestor, with the characters of a text that it does not know after its own."""
    return Vocabulary(known.characters + known.unknown(text.characters))


def load_ancestor(config: TextConfig, text: str) -> TextModel:
    """Load the checkpoint that a training on a text starts from.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if its network has another shape than the training's, or it does not know most of the text.
    """
    assert config.start_from is not None
    ancestor = load(config.start_from, device="cpu")
    if isinstance(ancestor.network, CharPair):
        raise ConfigError(
            "The training cannot start from {file}, which is a pair of two networks: start from one of them.",
            file=ancestor.name,
        )
    found = ancestor.network.config
    kind = NETWORKS[architecture_of(ancestor.network)]
    if kind != config.network:
        raise ConfigError(
            "The training cannot start from {file}, whose network is of another kind: give --network {kind}, or "
            "start from another model.",
            file=ancestor.name,
            kind=kind,
        )
    different = [name for name in config.shape if getattr(found, name) != getattr(config, name)]
    if different:
        raise ConfigError(
            "The training cannot start from {file}, whose network has another shape: give {flags}.",
            file=ancestor.name,
            flags=" ".join(f"--{name.replace('_', '-')} {getattr(found, name)}" for name in different),
        )
    check_known(ancestor.name, ancestor.vocabulary, text)
    return ancestor


def load_teacher(path: Path, vocabulary: Vocabulary) -> TextModel:
    """Load a checkpoint that a network is to learn from.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if it predicts other characters than the network that learns.
    """
    teacher = load(path, device="cpu")
    if teacher.vocabulary.characters != vocabulary.characters:
        raise ConfigError(
            "{file} cannot be a teacher here: it predicts other characters than those of this text. Choose a model "
            "that was trained on the same text.",
            file=teacher.name,
        )
    return teacher


def describe_model(model: TextModel) -> dict[str, Any]:
    """Say of a loaded checkpoint what the header of one that comes from it will say."""
    assert model.header is not None  # a loaded model has one
    return describe(model.name, model.header, model.sha256)


def check_known(name: str, known: Vocabulary, text: str) -> None:
    """Check that a model knows nearly all characters of a text that its training is to go on with.

    Raises:
        ConfigError: if more than a tenth of them are new to it.
    """
    unknown = set(known.unknown(text))
    share = sum(character in unknown for character in text) / len(text)
    if share > MAX_UNKNOWN:
        raise ConfigError(
            "The training cannot start from {file}: it does not know {share} % of the text's characters, and at "
            "most {most} % can be new to it. Start from a model of such a text, or from scratch.",
            file=name,
            share=f"{100 * share:.0f}",
            most=f"{100 * MAX_UNKNOWN:.0f}",
        )


def make_network(
    config: TextConfig, vocabulary: Vocabulary, ancestor: TextModel | None, device: torch.device
) -> TrainedNetwork:
    """Make the network to train, with an ancestor's weights or random ones.

    The rows of characters that the ancestor does not know stay random.
    """
    network = make_random_network(config.network_config(len(vocabulary)), make_rng(config.seed, 0))
    if ancestor:
        with torch.no_grad():
            for name, weight in ancestor.network.state_dict().items():
                network.get_parameter(name)[: len(weight)] = weight
    return network.to(device)  # after the draws, which are a CPU generator's


def sample_request(lead_in: str) -> TextRequest:
    """Return the request by which the samples of a run are written, always with the same seed."""
    return TextRequest(seed=0, lead_in=lead_in)


def write_sample(
    path: Path, network: TrainedNetwork, vocabulary: Vocabulary, lead_in: str = "", *, is_early: bool = False
) -> None:
    """Write a text that the network generates now, the beginning of one where somebody waits for the first."""
    request = sample_request(lead_in)
    if is_early:
        request = replace(request, length=min(request.length, EARLY_LENGTH))
    (result,) = generate(TextModel(path.stem, network, vocabulary), [request])
    path.write_text(result.text, encoding="utf-8")


def export(run: Run, network: TrainedNetwork, vocabulary: Vocabulary, corpus: data.Corpus) -> Path:
    """Write the averaged network as a checkpoint, with its figures on the validation text; return its path."""
    path = run.journal.folder / f"{run.journal.folder.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    header = replace(
        make_header(run, network, vocabulary, corpus),
        history=history.text_history(run.journal),
        curve=history.metric_curve(run.journal),
        metrics=figures_to_json(figures(network, vocabulary, corpus.validation)),
    )
    save(path, header, network)
    return path


def make_header(run: Run, network: TrainedNetwork, vocabulary: Vocabulary, corpus: data.Corpus) -> Header:
    """Describe the averaged network of now, without history and figures."""
    architecture = architecture_of(network)
    fields = card_fields(corpus.card)
    if architecture == GPT:  # the page lists it beside the LSTM of the same text
        fields["title"] = {language: f"{title} · GPT" for language, title in fields["title"].items()}
    return Header(
        modality="text",
        architecture=architecture,
        config=asdict(network.config),
        **fields,
        vocabulary=vocabulary.characters,
        tabs=is_tab_indented(corpus.train),
        lead_in=data.lead_in_of(corpus.card),
        training=run.record(),
    )


def save(path: Path, header: Header, network: TrainedNetwork) -> None:
    """Write a network as a checkpoint."""
    checkpoint.save(path, header, checkpoint.collect_weights(network=network))


def _save_now(path: Path, run: Run, network: TrainedNetwork, vocabulary: Vocabulary, corpus: data.Corpus) -> None:
    save(path, make_header(run, network, vocabulary, corpus), network)


def chosen_config(arguments: Sequence[str]) -> type[TextConfig]:
    """Return the settings of the network that the flags of a command name; without --network, those of the LSTM."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--network", default="lstm")
    return CONFIGS.get(parser.parse_known_args(arguments)[0].network, TrainingConfig)


if __name__ == "__main__":
    train_from_command_line(chosen_config(sys.argv[1:]), train, str(__doc__))
