"""The questions of the Audio tab's views."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from genai.audio import clips
from genai.audio.internals import score_drops
from genai.audio.judging import to_pictures
from genai.audio.originals import original
from genai.audio.page.renderer import RENDERER
from genai.audio.page.walk import AudioWalk
from genai.audio.sampling import AudioModel, AudioRequest, AudioResult, generate
from genai.gan.internals import look_inside
from genai.quality.nearest import NearestIndex
from genai.serving.models import Registry
from genai.ui.views import census, drawing, inside, latent, strip
from genai.ui.views.files import data_url
from genai.ui.views.originals import Original, Originals, require_files
from genai.ui.views.questions import ResultQuestion

PARTS = [strip.PART, inside.PART, *latent.PARTS, Path(__file__).with_name("walk"), census.PART]  # of the tab's view


def questions(registry: Registry[AudioModel]) -> list[Callable[..., object]]:
    """Return the functions that the tab's view may call."""
    audio_census = census.Census(registry, draw_samples)
    return [
        strip.LayerStrip(registry, read_request, generate, strip_samples).strip,
        inside.InsideQuestions(registry, inspect).inside,
        Originals(registry, read_original).original,
        *latent.LatentSpace(registry, RENDERER).questions,
        AudioWalk(registry).sounds,
        audio_census.classes,
        audio_census.census,
    ]


def inspect(model: AudioModel, question: ResultQuestion) -> inside.Inspection:
    """Make the sound that a question names and compute what is inside.

    Raises:
        ConfigError: if a value is out of its range.
    """
    [trace] = look_inside(model, generate(model, [read_request(question)]))
    return inside.Inspection(
        generator_maps=[upright(maps) for maps in trace.generator_maps],
        discriminator_maps=[[upright(maps) for maps in layers] for layers in trace.discriminator_maps],
        score=trace.score,
        picture=to_pictures(trace.item[None])[0],
        moved=[round(value, 3) for value in score_drops(model, trace).tolist()],
    )


def strip_samples(model: AudioModel, results: Sequence[AudioResult]) -> list[strip.StripSample]:
    """Compute what the strip shows of some sounds."""
    layer = strip.middle(range(model.network.depth - 1))
    return [
        strip.StripSample(
            trace.z,
            upright(trace.generator_maps[0]),
            upright(strip.middle(strip.middle(trace.discriminator_maps))) if trace.discriminator_maps else None,
            trace.score,
        )
        for trace in look_inside(model, results, layer)
    ]


def upright(maps: Tensor) -> Tensor:
    """Flip maps (F, frequencies, frames) so that high frequencies are at the top; signals (F, L) stay."""
    return maps.flip(1) if maps.ndim == 3 else maps


def read_original(model: AudioModel, index: NearestIndex, row: int) -> Original:
    """Read a sound of the training part as the view shows it: from the data if it is here, else from the index.

    Raises:
        CheckpointError: if the data is not here, and the index has no sounds.
        DataError: if the sound's file is missing or broken.
    """
    data_set = model.header.data_set if model.header else ""
    rate = model.sample_rate
    wave = original(data_set, index.ids[row], model.network.config.samples, rate)
    compressed = wave is None
    if wave is None:
        [file] = require_files(index, "audio", data_set)
        wave, rate = clips.decode(file, index.starts, row, model.network.config.samples)
    return {
        "source": drawing.spectrogram(wave, rate),
        "sound": data_url("audio/wav", drawing.playable(wave, rate)),
        "compressed": compressed,
    }


def draw_samples(model: AudioModel, seeds: Sequence[int], truncation: float) -> tuple[Tensor, list[int | None]]:
    """Make a sound of any class for each seed: pictures (N, 1, 64, 64) of them, and the classes that chance chose.

    Raises:
        ConfigError: if a value is out of its range.
    """
    results = generate(model, [AudioRequest(seed=seed, truncation=truncation) for seed in seeds])
    return to_pictures(torch.stack([result.waveform for result in results])), [result.label for result in results]


def read_request(question: ResultQuestion) -> AudioRequest:
    """Read which sound a question is about.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return AudioRequest(question.get("label"), question.get("seed", 0), question.get("truncation", 1.0))
