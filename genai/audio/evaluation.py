"""How good an audio model is: python -m genai.audio.evaluation digits."""

import tyro
from torch import Tensor

from genai.audio import data, load
from genai.audio.pitch import cents, frequencies, frequency_of
from genai.audio.sources import notes
from genai.audio.sources.waveforms import ONSET
from genai.audio.spectrogram import to_pictures
from genai.errors import exit_with_sentence
from genai.gan.evaluation import EvaluationOptions, draw, evaluation_set, report
from genai.quality.figures import Figure
from genai.quality.scores import figures

SILENT = 0.05  # peak, of 1, below which a clip counts as silent
CLIPPED = 0.999  # absolute value from which a sample counts as clipped
ONSET_SECONDS = 0.05
IN_TUNE = 50  # cents
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


def main(options: EvaluationOptions) -> None:
    """Print an audio model's figures."""
    model = load(options.name, options.device, options.checkpoints)
    assert model.header is not None  # a loaded model has one
    clips = data.load(options.data or model.header.data_set, model.network.config.samples, model.sample_rate)
    test = data.to_unit(clips.test)
    real = evaluation_set(model, clips, options.networks_folder)
    results = figures(real, lambda first, classes: to_pictures(draw(model, first, classes)))
    fake = draw(model, 0, clips.test_labels)
    results |= health(fake, test, model.sample_rate)
    if clips.card.name == "notes":
        results["in_tune"] = tuning(fake, test, clips.test_labels, model.sample_rate)
    report(model, options, results, test, fake, clips.test_labels)


if __name__ == "__main__":
    with exit_with_sentence():
        main(tyro.cli(EvaluationOptions, description=DESCRIPTION))
