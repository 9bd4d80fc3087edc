"""Train a WaveGAN: python -m genai.audio.training digits."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch
import tyro
from torch import Tensor

from genai import checkpoint, provenance
from genai.audio import data
from genai.audio.discriminator import Discriminator
from genai.audio.model import SpectrumGenerator, WaveformGenerator, WaveGANConfig, initialise, make_generator
from genai.audio.sampling import AudioModel, AudioRequest, generate
from genai.checkpoint.header import Header, card_fields
from genai.errors import ConfigError
from genai.gan.trainer import DiscriminatorOutput, GanTrainer, GanTrainingConfig
from genai.seeds import make_rng as dice
from genai.training import history
from genai.training.command_line import train_from_command_line
from genai.training.run import Run

MIN_WINDOW = 32  # 17 frequencies, the fewest that can be halved four times
Players = GanTrainer[WaveformGenerator | SpectrumGenerator, Discriminator]


@dataclass(frozen=True)
class TrainingConfig(GanTrainingConfig):
    """Settings of a training on sound."""

    data: tyro.conf.Positional[str] = "digits"
    """digits, drums, notes, or a folder of sounds."""
    samples: int = 8192
    """Length of a sound, 8192 or 16384."""
    sample_rate: int | None = None
    """In Hz; left out: that of the data set, 16000 for own sounds."""
    head: Literal["waveform", "spectrum"] = "spectrum"
    fft: int = 256
    phase: Literal["absolute", "increment"] = "absolute"
    generator_filters: int = 32
    waveform_filters: int = 0
    phase_shuffle: int = 2
    spectrogram_filters: int = 32
    windows: tuple[int, ...] = (1024, 256, 64)
    r1: float = 1.0
    r2: float = 1.0
    penalty_every: int = 8
    batch_size: int = 32
    learning_rate: float = 2e-4
    dither: float = 0.004
    """Standard deviation of the noise on real and generated sound alike: without it, digital silence betrays."""
    shift: float = 0.01
    """Real sounds start up to this many seconds later or earlier."""
    gain_db: float = 3.0
    """Real sounds are up to this much quieter."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_counts("generator_filters", "spectrogram_filters")


def real_batch(
    clips: data.Clips, config: TrainingConfig, step: int, rows: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Draw sounds (B, T) in [-1, 1] and their labels (B,), or take those of some rows (B,).

    They are slightly shifted, quieter and of either polarity.
    """
    rng = dice(config.seed, 1, step)
    if rows is None:
        rows = torch.randint(len(clips.train), (config.batch_size,), generator=rng)
    sounds = clips.train[rows].float() / 32768
    largest = round(config.shift * clips.sample_rate)
    shifts = torch.randint(-largest, largest + 1, (len(rows), 1), generator=rng)
    places = torch.arange(sounds.shape[1]) + shifts
    inside = (places >= 0) & (places < sounds.shape[1])
    sounds = sounds.gather(1, places.clamp(0, sounds.shape[1] - 1)) * inside
    gain = 10 ** (-config.gain_db / 20 * torch.rand(len(rows), 1, generator=rng))
    sign = torch.randint(2, (len(rows), 1), generator=rng) * 2 - 1
    return sounds * gain * sign, clips.train_labels[rows]


def network_config(config: TrainingConfig, clips: data.Clips) -> WaveGANConfig:
    """Pick the networks' settings out of the training's.

    Raises:
        ConfigError: if a spectrogram of that window would be too small for the discriminator's four strides.
    """
    for window in config.windows:
        if not MIN_WINDOW <= window <= config.samples // 8:
            raise ConfigError(
                "Window {value} is not possible: with {samples} samples, windows have {low} to {high}.",
                value=window,
                samples=config.samples,
                low=MIN_WINDOW,
                high=config.samples // 8,
            )
    names = WaveGANConfig.__dataclass_fields__.keys() & TrainingConfig.__dataclass_fields__.keys()
    return WaveGANConfig(classes=len(clips.labels), **{name: getattr(config, name) for name in names})


def make_game(config: TrainingConfig, clips: data.Clips, run: Run) -> Players:
    """Set up the players; the discriminator hears real and generated sound through the same faint noise."""
    shape = network_config(config, clips)
    generator, discriminator = make_generator(shape), Discriminator(shape)
    initialise(generator, dice(config.seed, 0))
    initialise(discriminator, dice(config.seed, 0, 1))

    def look(sounds: Tensor, labels: Tensor, noise: torch.Generator) -> DiscriminatorOutput:
        hiss = torch.empty_like(sounds).normal_(0, config.dither, generator=noise)
        maps = discriminator.features(sounds + hiss, noise)
        return DiscriminatorOutput(discriminator.score(maps, labels), [layer for judge in maps for layer in judge])

    return GanTrainer(generator, discriminator, look, config, run)


def train(config: TrainingConfig) -> Path:
    """Run a training to its end or its budget; return the path of the checkpoint it wrote."""
    clips = data.load(config.data, config.samples, config.sample_rate)
    run = Run(config, f"audio/{clips.card.name}")
    game = make_game(config, clips, run)
    for step in run.steps():
        numbers = game.step(step, *real_batch(clips, config, step))
        if step % 10 == 0:
            run.log(**numbers)
        if path := run.sample_path(".wav"):
            write_sample(path, averaged_model(game, clips, config))
    game.match_moments(len(clips.train), lambda number, rows: real_batch(clips, config, number, rows))
    return export(run, game.discriminator, averaged_model(game, clips, config), clips)


def averaged_model(game: Players, clips: data.Clips, config: TrainingConfig) -> AudioModel:
    """Return the averaged generator as a model."""
    network = game.averaged(lambda step: real_batch(clips, config, step)[1])
    return AudioModel(clips.card.name, network, clips.labels, clips.sample_rate)


def write_sample(path: Path, model: AudioModel) -> None:
    """Write one sound of each of the first ten labels, in a row, always from the same noise."""
    count = min(10, len(model.labels) or 4)
    requests = [AudioRequest(label=n if model.labels else None, seed=n) for n in range(count)]
    row = torch.cat([result.waveform for result in generate(model, requests)])
    label = provenance.Label("audio", model.name, "", {"training": path.stem})
    path.write_bytes(provenance.wav(row, model.sample_rate, label))


def export(run: Run, discriminator: Discriminator, model: AudioModel, clips: data.Clips) -> Path:
    """Write generator and discriminator as a checkpoint."""
    path = run.journal.folder / f"{clips.card.name}{checkpoint.SUFFIX}"
    if not run.accelerator.is_main_process:
        return path
    moments, clips_then = history.sound_history(run.journal)
    header = Header(
        modality="audio", architecture="wavegan", config=asdict(model.network.config),
        **card_fields(clips.card), classes=list(clips.labels.names), sample_rate=clips.sample_rate,
        training=run.record(), history=moments, curve=history.metric_curve(run.journal),
    )  # fmt: skip
    weights = checkpoint.collect_weights(network=model.network, discriminator=discriminator)
    checkpoint.save(path, header, weights | clips_then)
    return path


if __name__ == "__main__":
    train_from_command_line(TrainingConfig, train, str(__doc__))
