"""Train a WaveGAN: python -m genai.audio.training digits."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import torch
import tyro
from torch import Tensor

from genai import provenance
from genai.audio import data, load
from genai.audio.augmentation import augment
from genai.audio.discriminator import AudioDiscriminator
from genai.audio.harmonicity import harmonicity_distance
from genai.audio.model import LAYERS, Generator, WaveGANConfig, initialise, make_generator
from genai.audio.sampling import AudioModel, AudioRequest, generate
from genai.errors import ConfigError
from genai.gan import training as gan
from genai.gan.batch import Batch
from genai.gan.discriminator import DiscriminatorOutput
from genai.gan.losses import GanTrainingConfig, augmentation_strength
from genai.gan.trainer import Distance, GanTrainer
from genai.gan.training import attributes_to_match, data_record, has_classifier, network_settings
from genai.gan.warm_start import describe_start, load_start, read_start, with_classes_of
from genai.seeds import make_rng
from genai.training import history
from genai.training.command_line import train_from_command_line
from genai.training.controls import Controls
from genai.training.run import Run
from genai.validation import check_range

MIN_WINDOW = 32  # 17 frequencies, the fewest that can be halved four times
MAX_PERIOD = 64  # of 8,192 samples 128 are left in a row, which can be divided by three four times


@dataclass(frozen=True)
class AudioTrainingConfig(GanTrainingConfig):
    """Settings of a training on sound."""

    data: tyro.conf.Positional[str] = "digits"
    """digits, drums, notes, or a folder of sounds."""
    samples: int = 8192
    """Length of a sound, 8192 or 16384."""
    sample_rate: int | None = None
    """In Hz; left out: that of the data set, 16000 for own sounds."""
    head: Literal["waveform", "spectrum"] = "spectrum"
    """Output of the generator: waveform, as in the paper; spectrum, log-magnitude and phase."""
    fft: int = 256
    """Frame of the spectrum head, in samples."""
    overlap: Literal[2, 4] = 2
    """Frames of the spectrum head that cover each sample."""
    phase: Literal["absolute", "increment"] = "absolute"
    """Output of the spectrum head: the phase, or its change from frame to frame."""
    fade_in: int = 16
    """Samples over which every generated sound begins, so that it does not begin with a click."""
    fade_out: int = 128
    """Samples over which every generated sound ends."""
    generator_filters: int = 32
    """Feature maps before the generator's last layer; each earlier layer has twice as many."""
    waveform_filters: int = 0
    """Width of the waveform discriminator; 0 leaves it out. The paper has 64."""
    phase_shuffle: int = 2
    """Largest shift, in steps, between the waveform discriminator's layers."""
    periods: tuple[int, ...] = ()
    """Periods, in samples, one discriminator of samples that far apart each; HiFi-GAN has 2 3 5 7 11."""
    period_filters: int = 8
    """Width of each period discriminator."""
    harmonicity_matching: float = 0.0
    """Weight of the distance between how clear generated and real voices are, in decibels; 0 for none."""
    spectrogram_filters: int = 32
    """Width of each spectrogram discriminator."""
    windows: tuple[int, ...] = (1024, 256, 64)
    """Window lengths, in samples, one spectrogram discriminator each."""
    spectrogram: Literal["power", "complex"] = "power"
    """Input of the spectrogram discriminators: log-power, or also real and imaginary part, which hold the phase."""
    r1: float = 1.0
    r2: float = 1.0
    penalty_every: int = 8
    batch_size: int = 32
    learning_rate: float = 2e-4
    dither: float = 0.004
    """Standard deviation of the noise on real and generated sound: without it, digital silence marks real sound."""
    shift: float = 0.01
    """Real sounds start up to this many seconds later or earlier."""
    gain_db: float = 3.0
    """Real sounds are up to this much quieter."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_amounts("harmonicity_matching")
        self.check_counts("generator_filters", "spectrogram_filters", "period_filters")
        self.check_amounts("waveform_filters", "phase_shuffle", "dither", "shift", "gain_db")
        self._check_fft()
        check_range("--fade-in", self.fade_in, 0, self.samples // 4, whole=True)
        check_range("--fade-out", self.fade_out, 0, self.samples // 4, whole=True)

    def _check_fft(self) -> None:
        """Check that the spectrum head has at least one frequency and one frame, which its layers double."""
        smallest = 2 * 2**LAYERS
        largest = self.overlap * self.samples // 2**LAYERS
        sizes = [2**n for n in range(16) if smallest <= 2**n <= largest]
        if self.fft not in sizes:
            raise ConfigError(
                "{name} {value} is not possible: it must be one of {known}.",
                name="--fft",
                value=self.fft,
                known=", ".join(map(str, sizes)),
            )


def real_batch(clips: data.Clips, config: AudioTrainingConfig, number: int, rows: Tensor | None = None) -> Batch:
    """Draw sounds (B, T) in [-1, 1] and their conditions (B,), or take those of some rows (B,).

    The sounds are shifted in time, turned down and inverted at random.
    """
    rng = make_rng(config.seed, 1, number)
    if rows is None:
        rows = clips.draw_rows(config.batch_size, rng)
    sounds = data.to_unit(clips.train[rows])
    largest = round(config.shift * clips.sample_rate)
    shifts = torch.randint(-largest, largest + 1, (len(rows), 1), generator=rng)
    positions = torch.arange(sounds.shape[1]) + shifts
    inside = (positions >= 0) & (positions < sounds.shape[1])
    sounds = sounds.gather(1, positions.clamp(0, sounds.shape[1] - 1)) * inside
    gain = 10 ** (-config.gain_db / 20 * torch.rand(len(rows), 1, generator=rng))
    sign = torch.randint(2, (len(rows), 1), generator=rng) * 2 - 1
    return Batch(sounds * gain * sign, clips.train_conditions[rows])


def network_config(config: AudioTrainingConfig, clips: data.Clips) -> WaveGANConfig:
    """Return the config of the networks.

    Raises:
        ConfigError: if a spectrogram of that window, or a row of that period, would be too short for the
            discriminator's strides; or if there is nothing to classify, or no attributes to match.
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
    for period in config.periods:
        check_range("--periods", period, 2, MAX_PERIOD, whole=True)
    attributes_to_match(config, clips)  # of sounds none are known
    settings = network_settings(WaveGANConfig, config)
    return WaveGANConfig(
        classes=len(clips.labels),
        performers=len(clips.labels.variants),
        classifier=has_classifier(config, clips),
        **settings,
    )


def make_trainer(
    config: AudioTrainingConfig, clips: data.Clips, run: Run
) -> GanTrainer[Generator, AudioDiscriminator]:
    """Build and initialise both networks; real and generated sound are changed alike, and get faint noise."""
    shape = network_config(config, clips)
    generator = make_generator(shape)
    initialise(generator, make_rng(config.seed, 0))
    discriminator = AudioDiscriminator(shape)
    initialise(discriminator, make_rng(config.seed, 0, 1))
    load_start(config.start_from, "audio", generator, discriminator)

    def discriminate(
        sounds: Tensor, labels: Tensor, noise: torch.Generator, told: Tensor | None = None
    ) -> DiscriminatorOutput:
        changed = augment(sounds, clips.sample_rate, augmentation_strength(trainer.config, run.progress), noise)
        dither = torch.empty_like(sounds).normal_(0, config.dither, generator=noise)
        return discriminator.outputs(changed + dither, labels, noise, told)

    distances = []
    if config.harmonicity_matching:
        measure = partial(harmonicity_distance, rate=clips.sample_rate)
        distances.append(Distance("harmonicity", config.harmonicity_matching, measure))
    trainer = GanTrainer(generator, discriminator, discriminate, config, run, distances=distances)
    return trainer


def train(config: AudioTrainingConfig, controls: Controls | None = None) -> Path:
    """Train to the end of the run or its budget; return the path of the checkpoint.

    Args:
        config: The settings.
        controls: Who steers the run while it runs.
    """
    clips = data.load(config.data, config.samples, config.sample_rate)
    start = read_start(config.start_from, "audio")
    if start:
        clips = with_classes_of(clips, start)
    run = Run(config, f"audio/{clips.card.name}", describe_start(config, load), data_record(clips), controls)
    trainer = make_trainer(config, clips, run)

    batch = partial(real_batch, clips, config)
    return gan.train(trainer, clips, batch, AudioModel, write_sample, history.sound_history, "wavegan")


def sample_requests(model: AudioModel) -> list[AudioRequest]:
    """Return the requests of a sample: one for each of the first ten labels, at least four, of fixed noise."""
    labels = len(model.labels)
    count = min(10, max(4, labels))
    return [AudioRequest(label=n % labels if labels else None, seed=n) for n in range(count)]


def write_sample(path: Path, model: AudioModel) -> None:
    """Write the sounds of a sample, in a row."""
    row = torch.cat([result.waveform for result in generate(model, sample_requests(model))])
    label = provenance.Label("audio", model.name, "", {"training": path.stem})
    path.write_bytes(provenance.wav(row, model.sample_rate, label))


if __name__ == "__main__":
    train_from_command_line(AudioTrainingConfig, train, str(__doc__))
