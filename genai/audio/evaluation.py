"""How good an audio model is: python -m genai.audio.evaluation digits."""

import torch
import tyro
from torch import Tensor

from genai.audio import data, load
from genai.audio.artefacts import click_levels, tone_excess, upsampling_rates
from genai.audio.harmonicity import harmonics_to_noise
from genai.audio.pitch import cents, frequencies, frequency_of
from genai.audio.sampling import AudioModel
from genai.audio.sources import notes
from genai.audio.sources.waveforms import ONSET
from genai.audio.spectrogram import to_pictures
from genai.errors import exit_with_sentence
from genai.gan.evaluation import EvaluationOptions, conditions_of_test_part, draw, evaluation_set, report
from genai.quality.figures import Figure, percentiles
from genai.quality.scores import figures

SILENT = 0.05  # peak, of 1, below which a clip counts as silent
CLIPPED = 0.999  # absolute value from which a sample counts as clipped
ONSET_SECONDS = 0.05
IN_TUNE = 50  # cents
CLICK_DB = -30.0  # level against a clip's peak from which its first or last samples count as a click
DESCRIPTION = "Print an audio model's figures: a table, then the same as JSON."


def onsets(sounds: Tensor, rate: int) -> Tensor:
    """Return when each sound (N, T) first passes 2 % of its peak, in seconds."""
    level = sounds.abs()
    return (level > ONSET * level.amax(dim=1, keepdim=True)).int().argmax(dim=1) / rate


def health(fake: Tensor, real: Tensor, rate: int) -> dict[str, Figure]:
    """Measure shares of clips that are silent, that are clipped, and that begin when real ones do."""
    peaks = fake.abs().amax(dim=1)
    starts = onsets(fake, rate)
    real_starts = onsets(real, rate)
    earliest = real_starts.min() - ONSET_SECONDS
    latest = real_starts.max() + ONSET_SECONDS
    timely = (starts >= earliest) & (starts <= latest)
    medians = {"median s": starts.median().item(), "real median s": real_starts.median().item()}
    return {
        "silent": _share(peaks < SILENT, f"have a peak below {SILENT}", {}),
        "clipped": _share(peaks >= CLIPPED, f"reach {CLIPPED}", {}),
        "timely": _share(timely, f"begin within {ONSET_SECONDS} s of the range of test clips", medians),
    }


def _share(clips: Tensor, predicate: str, beside: dict[str, float]) -> Figure:
    """Return the share of clips, bool (N,), for which a predicate holds."""
    protocol = f"share of clips that {predicate}; seeds from 0"
    return Figure(clips.float().mean().item(), len(clips), protocol, beside)


def tones(model: AudioModel, fake: Tensor, real: Tensor) -> dict[str, Figure]:
    """Measure how far tones of the generator's own rates stand out of the tails; no figure where it has none."""
    rates = upsampling_rates(model.network.config, model.sample_rate)
    if not rates:
        return {}
    excess = {f"{rate:g} Hz": tone_excess(fake, model.sample_rate, rate) for rate in rates}
    real_excess = max(tone_excess(real, model.sample_rate, rate) for rate in rates)
    protocol = (
        "decibels by which the most prominent multiple of an upsampling rate stands out of its neighbours in the "
        "second half of a clip; seeds from 0"
    )
    return {"stride_tone_db": Figure(max(excess.values()), len(fake), protocol, {**excess, "real": real_excess})}


def clicks(fake: Tensor, real: Tensor) -> Figure:
    """Measure the share of clips that begin or end with a click."""
    real_share = (click_levels(real) > CLICK_DB).float().mean().item()
    return _share(
        click_levels(fake) > CLICK_DB,
        f"are above {CLICK_DB:g} dB of their peak within four samples of an end",
        {"real test clips": real_share},
    )


def tuning(fake: Tensor, real: Tensor, classes: Tensor, rate: int) -> Figure:
    """Measure the share of notes in tune with the key requested, pitch by YIN from 50 ms on."""
    target = frequency_of(classes + notes.KEYS[0])
    errors = cents(frequencies(fake, rate), target).abs()
    real_errors = cents(frequencies(real, rate), target).abs()
    protocol = (
        f"share of notes within {IN_TUNE} cents of the key asked for, pitch by YIN from 50 ms on; seeds from 0"
    )
    real_share = (real_errors < IN_TUNE).float().mean().item()
    beside = {"real test notes": real_share, "median cents": errors.median().item()}
    return Figure((errors < IN_TUNE).float().mean().item(), len(fake), protocol, beside)


def hoarseness(fake: Tensor, real: Tensor, rate: int) -> Figure:
    """Measure how far the harmonics of voices stand above the noise; lower is hoarser."""
    ratios = harmonics_to_noise(fake.double(), rate)
    protocol = (
        "median over the clips of the harmonics-to-noise ratio, in decibels, of the loudest 60 ms, by "
        "autocorrelation; seeds from 0"
    )
    by_percent = percentiles(ratios)
    beside = {
        "lower quartile": by_percent[25].item(),
        "upper quartile": by_percent[75].item(),
        "real test clips": harmonics_to_noise(real.double(), rate).median().item(),
    }
    return Figure(ratios.median().item(), len(fake), protocol, beside)


def performers_told(fake: Tensor, clips: data.Clips) -> Figure:
    """Measure how often a sound is most like a recording of the variant asked for, among those of its class.

    Args:
        fake: (M, T), one for each item of the test part, of the same class and variant.
        clips: With variants.
    """
    assert clips.train_variants is not None
    assert clips.test_variants is not None
    recordings = torch.cat([data.to_unit(clips.train), data.to_unit(clips.test)])
    classes = torch.cat([clips.train_labels, clips.test_labels])
    variants = torch.cat([clips.train_variants, clips.test_variants])
    same_class = clips.test_labels[:, None] == classes
    distances = torch.cdist(to_pictures(fake).flatten(1), to_pictures(recordings).flatten(1))
    nearest = distances.masked_fill(~same_class, torch.inf).argmin(dim=1)
    asked = clips.test_variants
    by_chance = (same_class & (asked[:, None] == variants)).sum(dim=1) / same_class.sum(dim=1)
    protocol = (
        "share of clips that, of all recordings of the class, are nearest to one by the variant asked for; "
        "log-power spectrograms; seeds from 0"
    )
    share = (variants[nearest] == asked).float().mean().item()
    return Figure(share, len(fake), protocol, {"by chance": by_chance.mean().item()})


def main(options: EvaluationOptions) -> None:
    """Print an audio model's figures."""
    model = load(options.name, options.device, options.checkpoints)
    assert model.header is not None  # a loaded model has one
    clips = data.load(options.data or model.header.data_set, model.network.config.samples, model.sample_rate)
    test = data.to_unit(clips.test)
    real = evaluation_set(model, clips, options.networks_folder)
    results = figures(real, lambda first, classes: to_pictures(draw(model, first, classes)))
    fake = draw(model, 0, clips.test_labels, clips.test_variants)
    results |= health(fake, test, model.sample_rate)
    results |= tones(model, fake, test)
    results["clicks"] = clicks(fake, test)
    if clips.card.published_name == "notes":
        results["in_tune"] = tuning(fake, test, clips.test_labels, model.sample_rate)
    if clips.card.published_name == "digits":
        results["harmonics_to_noise_db"] = hoarseness(fake, test, model.sample_rate)
    if model.labels.variants and clips.test_variants is not None:
        results["performers_told"] = performers_told(fake, clips)
    report(model, options, results, test, fake, conditions_of_test_part(model, clips))


if __name__ == "__main__":
    with exit_with_sentence():
        main(tyro.cli(EvaluationOptions, description=DESCRIPTION))
