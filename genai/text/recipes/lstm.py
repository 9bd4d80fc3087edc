"""The training of a char-LSTM: truncated backpropagation through time along parallel streams of the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn

from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.model import CharLSTM, CharLSTMConfig, State
from genai.text.recipes.config import TextConfig
from genai.text.recipes.distilling import TrainingText, next_character_losses
from genai.training.run import Run, Stateful
from genai.training.schedules import cosine, set_learning_rate


@dataclass(frozen=True)
class TrainingConfig(TextConfig):
    """Settings of a training of a char-LSTM."""

    network: Literal["lstm"] = "lstm"
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
    restart: float = 0.05
    """Probability that a stream begins a window with an empty state, as a generated text does."""

    shape: ClassVar[tuple[str, ...]] = ("embedding_size", "hidden_size", "layers")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_shares("input_dropout", "layer_dropout", "output_dropout", "weight_drop", "restart")

    def network_config(self, vocabulary_size: int) -> CharLSTMConfig:
        """Return the settings of the network, which are among those of the training."""
        names = CharLSTMConfig.__dataclass_fields__.keys() - {"vocabulary_size"}
        return CharLSTMConfig(vocabulary_size, **{name: getattr(self, name) for name in names})


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
    """The text of one step: inputs (B, T), targets (B, T), and the inputs' places in the text (B, T)."""

    inputs: Tensor
    targets: Tensor
    places: Tensor
    begins_epoch: bool
    """Whether it is the first of an epoch."""


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
    starts = first + length * torch.arange(config.batch_size)
    places = starts[:, None] + torch.arange(config.window + 1)  # (B, T + 1)
    block = tokens[places]
    return Window(block[:, :-1], block[:, 1:], places[:, :-1], begins_epoch=number == 0)


def train_step(
    network: CharLSTM,
    stream_state: StreamState,
    optimiser: torch.optim.Optimizer,
    text: TrainingText,
    config: TrainingConfig,
    run: Run,
) -> tuple[Tensor, Tensor]:
    """Take one gradient step on the cross-entropy of each next character of a window.

    Returns:
        Loss on the text in nats per character, and the norm of the gradient before clipping.
    """
    window = windows(text.tokens, config, run.step)
    if window.begins_epoch:
        stream_state.keep(network.initial_state(len(stream_state.hidden[0])))
    uniform = torch.rand(config.batch_size, generator=make_rng(config.seed, 3, run.step))
    stream_state.restart(run.local_rows(uniform < config.restart))

    inputs = run.local_rows(window.inputs)
    targets = run.local_rows(window.targets)
    with run.accelerator.autocast():
        logits, state = network(inputs, (stream_state.hidden, stream_state.cell), run.device_rng(2, run.step))
    taught = text.taught.at(window.places).map(run.local_rows) if text.taught is not None else None
    losses = next_character_losses(logits, targets, taught, config.teacher_share)

    optimiser.zero_grad()
    torch.autograd.backward(losses.minimised)
    run.average_gradients(network)
    norm = nn.utils.clip_grad_norm_(network.parameters(), config.clip)
    optimiser.step()
    stream_state.keep(state)
    return losses.text.detach(), norm


class LstmTrainer:
    """Trains a char-LSTM by AdamW, its learning rate falling along half a cosine.

    Args:
        network: On its device.
        config: The settings as the run begins.
        processes: Among which the streams are shared out.
    """

    def __init__(self, network: CharLSTM, config: TrainingConfig, processes: int) -> None:
        self.network = network
        self._stream_state = StreamState(network.initial_state(config.batch_size // processes))
        self._optimiser = torch.optim.AdamW(
            network.parameters(), betas=(0.9, 0.99), weight_decay=config.weight_decay, foreach=True
        )
        self.parts: dict[str, Stateful] = {"memory": self._stream_state, "optimiser": self._optimiser}

    def step(self, text: TrainingText, config: TrainingConfig, run: Run) -> tuple[Tensor, Tensor]:
        """Take one gradient step; returns the loss and the norm of the gradient before clipping."""
        warmup = min(1.0, (run.step + 1) / max(1, config.warmup_steps))
        set_learning_rate(self._optimiser, config.learning_rate * warmup * cosine(run.progress))
        return train_step(self.network, self._stream_state, self._optimiser, text, config, run)
