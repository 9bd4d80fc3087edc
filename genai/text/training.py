"""Train a char-LSTM: python -m genai.text.training shakespeare."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from genai import checkpoint
from genai.checkpoint.header import Header, card_fields
from genai.errors import ConfigError
from genai.quality.figures import figures_to_json
from genai.seeds import make_rng
from genai.text import data
from genai.text.evaluation import figures, stream_loss
from genai.text.indentation import is_tab_indented
from genai.text.memory import StreamState
from genai.text.model import CharLSTM, CharLSTMConfig, initialise
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, generate
from genai.text.vocabulary import Vocabulary
from genai.training import history
from genai.training.averaging import make_ema
from genai.training.command_line import train_from_command_line
from genai.training.config import RunConfig
from genai.training.run import Run
from genai.training.schedules import cosine, set_learning_rate


@dataclass(frozen=True)
class TrainingConfig(RunConfig):
    """Settings of a training on text."""

    data: tyro.conf.Positional[str] = "shakespeare"
    """shakespeare, python, tang, or the path of a .txt file."""
    embedding_size: int = 128
    hidden_size: int = 512
    layers: int = 2
    input_dropout: float = 0.1
    layer_dropout: float = 0.4
    output_dropout: float = 0.4
    weight_drop: float = 0.3
    batch_size: int = 64
    """Streams of text read side by side, over all processes."""
    window: int = 128
    """Characters that the gradient reaches back (truncated backpropagation through time)."""
    learning_rate: float = 3e-3
    warmup_steps: int = 100
    weight_decay: float = 0.05
    clip: float = 0.5
    """Largest norm of the gradient."""
    ema_decay: float = 0.998
    restart: float = 0.05
    """Share of the streams that begin a window from an empty state, as every text that is asked for does."""
    evaluate_every: int = 500
    """Steps between two looks at the development text."""
    characters: int | None = None
    """Learn from the first so many characters only: what a network does that has too little to learn from."""
    final: bool = False
    """Learn from the development text too: for the last run, when all settings have been chosen by it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("embedding_size", "hidden_size", "layers", "batch_size", "window", "evaluate_every")
        self.check_shares("input_dropout", "layer_dropout", "output_dropout", "weight_drop", "restart", "ema_decay")


def windows(tokens: Tensor, config: TrainingConfig, step: int) -> tuple[Tensor, Tensor, bool]:
    """Cut the window of a step out of B parallel streams, whose start moves at random each epoch.

    Args:
        tokens: (N,), the training text.
        config: Batch size, window and seed.
        step: Number of the step.

    Returns:
        Inputs (B, T), targets (B, T), and whether an epoch begins.

    Raises:
        ConfigError: if the text is too short for one window of every stream.
    """
    length = (len(tokens) - config.window - 1) // config.batch_size  # characters a stream and epoch
    if length < config.window:
        raise ConfigError(
            "{count} characters of text are too few for {streams} streams with windows of {window}: lower "
            "--batch-size or --window, or take a longer text.",
            count=len(tokens),
            streams=config.batch_size,
            window=config.window,
        )
    epoch, place = divmod(step, length // config.window)
    offset = int(torch.randint(config.window, (), generator=make_rng(config.seed, 1, epoch)))
    start = offset + place * config.window
    streams = tokens[: offset + length * config.batch_size + 1]
    rows = [streams[start + b * length :][: config.window + 1] for b in range(config.batch_size)]
    block = torch.stack(rows)
    return block[:, :-1], block[:, 1:], place == 0


def train_step(
    network: CharLSTM,
    memory: StreamState,
    optimiser: torch.optim.Optimizer,
    tokens: Tensor,
    config: TrainingConfig,
    run: Run,
) -> tuple[Tensor, Tensor]:
    """Learn from one window: predict each next character, follow the gradient of the cross-entropy.

    Returns:
        Loss in nats a character, and the norm of the gradient before it was clipped.
    """
    inputs, targets, begins = windows(tokens, config, run.step)
    if begins:
        memory.keep(network.initial_state(len(memory.hidden[0])))
    drawn = torch.rand(config.batch_size, generator=make_rng(config.seed, 3, run.step))
    memory.restart(run.local_rows(drawn < config.restart))
    with run.accelerator.autocast():
        logits, state = network(run.local_rows(inputs), (memory.hidden, memory.cell), run.device_rng(2, run.step))
    loss = F.cross_entropy(logits.float().flatten(0, 1), run.local_rows(targets).flatten())
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    run.average_gradients(network)
    norm = nn.utils.clip_grad_norm_(network.parameters(), config.clip)
    optimiser.step()
    memory.keep(state)
    return loss.detach(), norm


def train(config: TrainingConfig) -> Path:
    """Run a training to its end or its budget; return the path of the checkpoint it wrote."""
    corpus = data.load(config.data)
    vocabulary = Vocabulary.of(corpus.train + corpus.dev + corpus.validation)
    run = Run(config, f"text/{corpus.card.name}")
    network = CharLSTM(network_config(config, vocabulary)).to(run.device)
    initialise(network, make_rng(config.seed, 0))
    average = make_ema(network, config.ema_decay)
    steady = cast(CharLSTM, average.module)
    memory = StreamState(network.initial_state(config.batch_size // run.accelerator.num_processes))
    optimiser = torch.optim.AdamW(
        network.parameters(), betas=(0.9, 0.99), weight_decay=config.weight_decay, foreach=True
    )
    run.restore(network=network, average=average, memory=memory, optimiser=optimiser)
    tokens = vocabulary.encode(corpus.learnt(final=config.final, characters=config.characters))
    for step in run.steps():
        warmup = min(1.0, (step + 1) / config.warmup_steps)
        set_learning_rate(optimiser, config.learning_rate * warmup * cosine(run.progress))
        loss, norm = train_step(network, memory, optimiser, tokens, config, run)
        average.update_parameters(network)
        if step % 10 == 0:
            run.log(loss=loss, gradient=norm)
        if not config.final and (step + 1) % config.evaluate_every == 0:
            run.log(dev=stream_loss(steady, vocabulary.encode(corpus.dev)))
        if path := run.sample_path(".txt"):
            write_sample(path, steady, vocabulary)
    return export(run, steady, vocabulary, corpus)


def network_config(config: TrainingConfig, vocabulary: Vocabulary) -> CharLSTMConfig:
    """Pick the network's settings out of the training's."""
    names = CharLSTMConfig.__dataclass_fields__.keys() - {"vocabulary_size"}
    return CharLSTMConfig(len(vocabulary), **{name: getattr(config, name) for name in names})


def write_sample(path: Path, network: CharLSTM, vocabulary: Vocabulary) -> None:
    """Write what the network says now, always with the same dice."""
    result = generate(TextModel(path.stem, network, vocabulary), [TextRequest(seed=0)])[0]
    path.write_text(result.text, encoding="utf-8")


def export(run: Run, network: CharLSTM, vocabulary: Vocabulary, corpus: data.Corpus) -> Path:
    """Write the averaged network as a checkpoint, with its figures on the held-out text."""
    path = run.journal.folder / f"{corpus.card.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    header = Header(
        modality="text",
        architecture="char-lstm",
        config=asdict(network.config),
        **card_fields(corpus.card),
        vocabulary=vocabulary.characters,
        tabs=is_tab_indented(corpus.train),
        training=run.record(),
        history=history.text_history(run.journal),
        curve=history.metric_curve(run.journal),
        metrics=figures_to_json(figures(network, vocabulary, corpus.validation)),
    )
    checkpoint.save(path, header, checkpoint.collect_weights(network=network))
    return path


if __name__ == "__main__":
    train_from_command_line(TrainingConfig, train, str(__doc__))
