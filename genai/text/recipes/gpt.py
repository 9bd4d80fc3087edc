"""The training of a GPT: shuffled windows of the text, Muon for the matrices, AdamW for the rest.

Source of Muon: Jordan et al. 2024, kellerjordan.github.io/posts/muon. That a small text asks for strong decoupled
weight decay, dropout and an average of the weights: the experiments of the NanoGPT Slowrun, 2026.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn

from genai.errors import ConfigError
from genai.seeds import make_rng
from genai.text.gpt.model import CharGPT, GPTConfig
from genai.text.recipes.config import TextConfig
from genai.text.recipes.distilling import TrainingText, next_character_losses
from genai.training.run import Run, Stateful
from genai.training.schedules import linear, set_learning_rate

FLOOR = 0.02
"""Of the learning rates, at the end."""


@dataclass(frozen=True)
class GptTrainingConfig(TextConfig):
    """Settings of a training of a GPT."""

    network: Literal["gpt"] = "gpt"
    layers: int = 6
    heads: int = 4
    key_heads: int = 1
    """Heads of keys and values, each shared by as many heads."""
    width: int = 256
    mlp_width: int = 816
    context: int = 256
    """Characters that each layer looks at."""
    dropout: float = 0.2
    batch_size: int = 16
    """Windows of text that a step reads, over all processes."""
    window: int = 384
    """Characters of a window: those beyond the context are read with the oldest out of sight, as a long text is."""
    learning_rate: float = 3e-3
    """Of AdamW: embedding, output layer, norms."""
    matrix_learning_rate: float = 0.02
    """Of Muon: the matrices of the layers."""
    warmup_steps: int = 50
    """Steps over which the learning rates rise; 0 for none."""
    weight_decay: float = 0.4
    clip: float = 1.0
    """Largest norm of the gradient; Muon does not depend on it."""
    ema_decay: float = 0.99

    shape: ClassVar[tuple[str, ...]] = ("layers", "heads", "key_heads", "width", "mlp_width", "context")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_amounts("matrix_learning_rate")
        self.check_shares("dropout")
        if self.width % (2 * self.heads):
            raise ConfigError(
                "--width {width} is not possible with --heads {heads}: it must be a multiple of twice the heads.",
                width=self.width,
                heads=self.heads,
            )
        if self.heads % self.key_heads:
            raise ConfigError(
                "--heads {heads} is not possible with --key-heads {keys}: it must be a multiple of them.",
                heads=self.heads,
                keys=self.key_heads,
            )

    def network_config(self, vocabulary_size: int) -> GPTConfig:
        """Return the settings of the network, which are among those of the training."""
        names = GPTConfig.__dataclass_fields__.keys() - {"vocabulary_size"}
        return GPTConfig(vocabulary_size, **{name: getattr(self, name) for name in names})


class Windows(NamedTuple):
    """The text of one step: inputs (B, T), targets (B, T), and the inputs' places in the text (B, T)."""

    inputs: Tensor
    targets: Tensor
    places: Tensor


def shuffled_windows(tokens: Tensor, config: GptTrainingConfig, step: int) -> Windows:
    """Cut the windows of a step out of a text, each once an epoch, in an order of the epoch's own.

    Where the first window begins moves at random each epoch, so that a character stands at all places of a window.

    Args:
        tokens: (N,), the training text.
        config: Windows in a step, characters of a window, and seed.
        step: Number of the step, from 0.

    Raises:
        ConfigError: if the text is too short for the windows of one step.
    """
    count = (len(tokens) - config.window) // config.window  # one less than fit, which leaves room for the offset
    if count < config.batch_size:
        raise ConfigError(
            "{count} characters of text are too few for {windows} windows of {window}: lower --batch-size or "
            "--window, or take a longer text.",
            count=len(tokens),
            windows=config.batch_size,
            window=config.window,
        )
    epoch, number = divmod(step, count // config.batch_size)
    rng = make_rng(config.seed, 1, epoch)
    offset = int(torch.randint(config.window, (), generator=rng))
    order = torch.randperm(count, generator=rng)[number * config.batch_size :][: config.batch_size]
    starts = offset + order * config.window
    places = starts[:, None] + torch.arange(config.window + 1)  # (B, T + 1)
    text = tokens[places]
    return Windows(text[:, :-1], text[:, 1:], places[:, :-1])


class GptTrainer:
    """Trains a GPT; both learning rates stay for half of the run, then fall linearly.

    Args:
        network: On its device.
        config: The settings as the run begins.
    """

    def __init__(self, network: CharGPT, config: GptTrainingConfig) -> None:
        self.network = network
        matrices = [parameter for parameter in network.blocks.parameters() if parameter.ndim == 2]
        known = {id(parameter) for parameter in matrices}
        others = [parameter for parameter in network.parameters() if id(parameter) not in known]
        self._muon = torch.optim.Muon(matrices, weight_decay=config.weight_decay)
        self._adam = torch.optim.AdamW(others, betas=(0.9, 0.95), weight_decay=config.weight_decay, foreach=True)
        self.parts: dict[str, Stateful] = {"muon": self._muon, "adam": self._adam}

    def step(self, text: TrainingText, config: GptTrainingConfig, run: Run) -> tuple[Tensor, Tensor]:
        """Take one gradient step on the cross-entropy of each next character.

        Returns:
            Loss on the text in nats per character, and the norm of the gradient before clipping.
        """
        warmup = min(1.0, (run.step + 1) / max(1, config.warmup_steps))
        factor = warmup * linear(run.progress, floor=FLOOR)
        set_learning_rate(self._muon, config.matrix_learning_rate * factor)
        set_learning_rate(self._adam, config.learning_rate * factor)

        windows = shuffled_windows(text.tokens, config, run.step)
        inputs = run.local_rows(windows.inputs)
        targets = run.local_rows(windows.targets)
        with run.accelerator.autocast():
            logits, _ = self.network(inputs, None, run.device_rng(2, run.step))
        taught = text.taught.at(windows.places).map(run.local_rows) if text.taught is not None else None
        losses = next_character_losses(logits, targets, taught, config.teacher_share)

        self.network.zero_grad()
        torch.autograd.backward(losses.minimised)
        run.average_gradients(self.network)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self._muon.step()  # type: ignore[no-untyped-call]
        self._adam.step()
        return losses.text.detach(), norm
