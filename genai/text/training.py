"""Train a char-LSTM: python -m genai.text.training shakespeare."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple, cast

import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from genai import checkpoint
from genai.checkpoint.ancestor import describe
from genai.checkpoint.header import Header, card_fields
from genai.errors import ConfigError
from genai.quality.figures import figures_to_json
from genai.seeds import make_rng
from genai.text import data, load
from genai.text.evaluation import figures, stream_loss
from genai.text.indentation import is_tab_indented
from genai.text.model import CharLSTM, CharLSTMConfig, State, initialise
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate
from genai.text.vocabulary import Vocabulary
from genai.training import history
from genai.training.averaging import make_ema
from genai.training.command_line import train_from_command_line
from genai.training.config import RunConfig
from genai.training.controls import Controls
from genai.training.data_record import DataRecord
from genai.training.run import Run
from genai.training.schedules import cosine, set_learning_rate

HELD_OUT = {"dev": "dev", "validation": "held_out"}
"""Names in the log of the loss on each held-out text."""
MAX_UNKNOWN = 0.1
"""Largest share of a text, by occurrence, that may consist of characters new to the checkpoint it starts from."""


@dataclass(frozen=True)
class TrainingConfig(RunConfig):
    """Settings of a training on text."""

    data: tyro.conf.Positional[str] = "shakespeare"
    """shakespeare, python, tang, or the path of a .txt file."""
    encoding: str | None = None
    """Encoding of a .txt file, such as gb18030; left out: UTF-8, or else a guess, which is printed."""
    embedding_size: int = 128
    hidden_size: int = 512
    layers: int = 2
    input_dropout: float = 0.1
    layer_dropout: float = 0.4
    output_dropout: float = 0.4
    weight_drop: float = 0.3
    batch_size: int = 64
    """Streams of text read in parallel, over all processes."""
    window: int = 128
    """Characters that the gradient is propagated back (truncated backpropagation through time)."""
    learning_rate: float = 3e-3
    warmup_steps: int = 100
    """Steps over which the learning rate rises; 0 for none."""
    weight_decay: float = 0.05
    clip: float = 0.5
    """Largest norm of the gradient."""
    ema_decay: float = 0.998
    restart: float = 0.05
    """Probability that a stream begins a window with an empty state, as a generated text does."""
    evaluate_every: int = 500
    """Steps between two evaluations on held-out text."""
    evaluate_on: Literal["dev", "validation"] = "dev"
    """dev: the development text, by which settings are chosen; validation: the held-out tenth, for a run that is to
    be compared and not chosen."""
    evaluate_characters: int | None = None
    """Evaluate on the first so many characters only, which is faster."""
    characters: int | None = None
    """Train on the first so many characters only, to show a network with too little data."""
    final: bool = False
    """Train on the development text too: for the last run, when all settings have been chosen by it."""
    start_from: Path | None = None
    """A checkpoint whose weights the training starts from, to train on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("embedding_size", "hidden_size", "layers", "batch_size", "window", "evaluate_every")
        self.check_counts("characters", "evaluate_characters")
        self.check_positive("clip")
        self.check_amounts("learning_rate", "warmup_steps", "weight_decay")
        self.check_shares("input_dropout", "layer_dropout", "output_dropout", "weight_drop", "restart", "ema_decay")


class StreamState(nn.Module):
    """The LSTM state that each stream carries from one window to the next; a module, so that it is saved.

    Only the first process saves its state. A resumed run of several processes gives that state to all of them,
    until the next epoch begins. One with another number of processes begins with empty states.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        hidden, cell = state
        self.hidden: Tensor
        self.cell: Tensor
        self.register_buffer("hidden", hidden)
        self.register_buffer("cell", cell)

    def load_state_dict(self, state_dict: Mapping[str, Tensor], *_: object, **__: object) -> None:
        """Load a saved state, unless it is of another number of streams: then all begin anew."""
        if state_dict["hidden"].shape[1] == self.hidden.shape[1]:
            super().load_state_dict(state_dict)

    def keep(self, state: State) -> None:
        """Store a state, detached from the gradient."""
        hidden, cell = state
        self.hidden = hidden.detach().float()
        self.cell = cell.detach().float()

    def restart(self, streams: Tensor) -> None:
        """Set the state of some streams to zero: (B,), true for those."""
        kept = (~streams).to(self.hidden)[:, None]
        self.hidden = self.hidden * kept
        self.cell = self.cell * kept


class Window(NamedTuple):
    """The text of one step: inputs (B, T), targets (B, T), and whether an epoch begins with it."""

    inputs: Tensor
    targets: Tensor
    begins_epoch: bool


def windows(tokens: Tensor, config: TrainingConfig, step: int) -> Window:
    """Cut the window of a step out of B parallel streams, whose start moves at random each epoch.

    Args:
        tokens: (N,), the training text.
        config: Number of streams, length of a window, and seed.
        step: Number of the step, from 0.

    Raises:
        ConfigError: if the text is too short for one window of every stream.
    """
    length = (len(tokens) - config.window - 1) // config.batch_size  # characters per stream and epoch
    if length < config.window:
        raise ConfigError(
            "{count} characters of text are too few for {streams} streams with windows of {window}: lower "
            "--batch-size or --window, or take a longer text.",
            count=len(tokens),
            streams=config.batch_size,
            window=config.window,
        )
    epoch, number = divmod(step, length // config.window)
    offset = int(torch.randint(config.window, (), generator=make_rng(config.seed, 1, epoch)))
    first = offset + number * config.window
    starts = range(first, first + config.batch_size * length, length)
    block = torch.stack([tokens[start : start + config.window + 1] for start in starts])
    return Window(block[:, :-1], block[:, 1:], begins_epoch=number == 0)


def train_step(
    network: CharLSTM,
    stream_state: StreamState,
    optimiser: torch.optim.Optimizer,
    tokens: Tensor,
    config: TrainingConfig,
    run: Run,
) -> tuple[Tensor, Tensor]:
    """Take one gradient step on the cross-entropy of each next character of a window.

    Returns:
        Loss in nats per character, and the norm of the gradient before clipping.
    """
    window = windows(tokens, config, run.step)
    if window.begins_epoch:
        stream_state.keep(network.initial_state(len(stream_state.hidden[0])))
    uniform = torch.rand(config.batch_size, generator=make_rng(config.seed, 3, run.step))
    stream_state.restart(run.local_rows(uniform < config.restart))

    inputs = run.local_rows(window.inputs)
    targets = run.local_rows(window.targets)
    with run.accelerator.autocast():
        logits, state = network(inputs, (stream_state.hidden, stream_state.cell), run.device_rng(2, run.step))
    loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())

    optimiser.zero_grad()
    torch.autograd.backward(loss)
    run.average_gradients(network)
    norm = nn.utils.clip_grad_norm_(network.parameters(), config.clip)
    optimiser.step()
    stream_state.keep(state)
    return loss.detach(), norm


def train(config: TrainingConfig, controls: Controls | None = None) -> Path:
    """Train until the last step or the end of the time budget; return the path of the checkpoint.

    Args:
        config: The settings.
        controls: Who steers the run while it runs.
    """
    corpus = data.load(config.data, config.encoding)
    text = corpus.train + corpus.dev + corpus.validation
    vocabulary = Vocabulary.of(text)
    ancestor = None
    started_from = None
    if config.start_from:
        ancestor = load_ancestor(config, text)
        assert ancestor.header is not None  # a loaded model has one
        started_from = describe(ancestor.name, ancestor.header, ancestor.sha256)
        vocabulary = extend(ancestor.vocabulary, vocabulary)
    tokens = vocabulary.encode(corpus.training_text(final=config.final, characters=config.characters))
    held_out = vocabulary.encode(held_out_text(config, corpus))
    run = Run(config, f"text/{corpus.card.name}", started_from, data_record(corpus, vocabulary), controls)

    network = make_network(config, vocabulary, ancestor, run.device)
    ema = make_ema(network, config.ema_decay)
    if run.started_from:  # weights that are worth keeping: the average goes on, without its warm-up
        ema.n_averaged.fill_(run.started_from["steps"])
    averaged_network = cast(CharLSTM, ema.module)
    lead_in = data.LEAD_INS.get(corpus.card.name, "")
    stream_state = StreamState(network.initial_state(config.batch_size // run.accelerator.num_processes))
    optimiser = torch.optim.AdamW(
        network.parameters(), betas=(0.9, 0.99), weight_decay=config.weight_decay, foreach=True
    )
    run.restore(network=network, average=ema, memory=stream_state, optimiser=optimiser)

    for step in run.steps():
        config = cast(TrainingConfig, run.config)  # that of now
        network.config = averaged_network.config = network_config(config, vocabulary)
        warmup = min(1.0, (step + 1) / max(1, config.warmup_steps))
        set_learning_rate(optimiser, config.learning_rate * warmup * cosine(run.progress))
        loss, norm = train_step(network, stream_state, optimiser, tokens, config, run)
        ema.update_parameters(network)
        if step % config.log_every == 0:
            run.log(loss=loss, gradient=norm)
        if len(held_out) and (step + 1) % config.evaluate_every == 0:
            run.log(**{HELD_OUT[config.evaluate_on]: stream_loss(averaged_network, held_out)})
        run.write_sample(
            ".txt",
            lambda path: write_sample(path, averaged_network, vocabulary, lead_in),
            lambda path: save(path, make_header(run, averaged_network, vocabulary, corpus), averaged_network),
        )
    return export(run, averaged_network, vocabulary, corpus)


def held_out_text(config: TrainingConfig, corpus: data.Corpus) -> str:
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


def network_config(config: TrainingConfig, vocabulary: Vocabulary) -> CharLSTMConfig:
    """Return the network's settings, which are among those of the training."""
    names = CharLSTMConfig.__dataclass_fields__.keys() - {"vocabulary_size"}
    return CharLSTMConfig(len(vocabulary), **{name: getattr(config, name) for name in names})


def extend(known: Vocabulary, text: Vocabulary) -> Vocabulary:
    """Return the vocabulary of an ancestor, with the characters of a text that it does not know after its own."""
    return Vocabulary(known.characters + known.unknown(text.characters))


def load_ancestor(config: TrainingConfig, text: str) -> TextModel:
    """Load the checkpoint that a training on a text starts from.

    Raises:
        CheckpointError: if there is no such file, or it cannot be used.
        ConfigError: if its network has another shape than the training's, or it does not know most of the text.
    """
    assert config.start_from is not None
    ancestor = load(config.start_from, device="cpu")
    wanted = network_config(config, ancestor.vocabulary)
    found = ancestor.network.config
    different = [
        name
        for name in ("embedding_size", "hidden_size", "layers")
        if getattr(found, name) != getattr(wanted, name)
    ]
    if different:
        raise ConfigError(
            "The training cannot start from {file}, whose network has another shape: give {flags}.",
            file=ancestor.name,
            flags=" ".join(f"--{name.replace('_', '-')} {getattr(found, name)}" for name in different),
        )
    unknown = set(ancestor.vocabulary.unknown(text))
    share = sum(character in unknown for character in text) / len(text)
    if share > MAX_UNKNOWN:
        raise ConfigError(
            "The training cannot start from {file}: it does not know {share} % of the text's characters, and at "
            "most {most} % can be new to it. Start from a model of such a text, or without --start-from.",
            file=ancestor.name,
            share=f"{100 * share:.0f}",
            most=f"{100 * MAX_UNKNOWN:.0f}",
        )
    return ancestor


def make_network(
    config: TrainingConfig, vocabulary: Vocabulary, ancestor: TextModel | None, device: torch.device
) -> CharLSTM:
    """Make the network to train, with an ancestor's weights or random ones.

    The rows of characters that the ancestor does not know stay random.
    """
    network = CharLSTM(network_config(config, vocabulary))
    initialise(network, make_rng(config.seed, 0))
    if ancestor:
        with torch.no_grad():
            for name, weight in ancestor.network.state_dict().items():
                network.get_parameter(name)[: len(weight)] = weight
    return network.to(device)  # after the draws, which are a CPU generator's


def sample_request(lead_in: str) -> TextRequest:
    """Return the request by which the samples of a run are written, always with the same seed."""
    return TextRequest(seed=0, lead_in=lead_in)


def write_sample(path: Path, network: CharLSTM, vocabulary: Vocabulary, lead_in: str = "") -> None:
    """Write a text that the network generates now."""
    (result,) = generate(TextModel(path.stem, network, vocabulary), [sample_request(lead_in)])
    path.write_text(result.text, encoding="utf-8")


def export(run: Run, network: CharLSTM, vocabulary: Vocabulary, corpus: data.Corpus) -> Path:
    """Write the averaged network as a checkpoint, with its figures on the validation text; return its path."""
    path = run.journal.folder / f"{corpus.card.name}{checkpoint.SUFFIX}"
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


def make_header(run: Run, network: CharLSTM, vocabulary: Vocabulary, corpus: data.Corpus) -> Header:
    """Describe the averaged network of now, without history and figures."""
    return Header(
        modality="text",
        architecture="char-lstm",
        config=asdict(network.config),
        **card_fields(corpus.card),
        vocabulary=vocabulary.characters,
        tabs=is_tab_indented(corpus.train),
        lead_in=data.LEAD_INS.get(corpus.card.name, ""),
        training=run.record(),
    )


def save(path: Path, header: Header, network: CharLSTM) -> None:
    """Write a network as a checkpoint."""
    checkpoint.save(path, header, checkpoint.collect_weights(network=network))


if __name__ == "__main__":
    train_from_command_line(TrainingConfig, train, str(__doc__))
