"""What the views of the Audio tab ask of a sound, beside the sound itself."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from genai.audio.internals import look_inside, moved
from genai.audio.judging import to_pictures
from genai.audio.originals import original
from genai.audio.page import sequence
from genai.audio.page.medium import MEDIUM
from genai.audio.sampling import AudioModel, AudioRequest, AudioResult, generate
from genai.serving.models import Registry
from genai.ui.views import census, drawing, inside, latent, strip
from genai.ui.views.files import data_url
from genai.ui.views.originals import Originals

PARTS = [strip.PART, inside.PART, *latent.PARTS, Path(__file__).with_name("walk"), census.PART]  # of the tab's view


def questions(registry: Registry[AudioModel]) -> list[Callable[..., object]]:
    """The functions that the tab's view may ask."""
    counting = census.Census(registry, survey)
    return [
        strip.LayerStrip(registry, request_of, generate, glimpses).strip,
        inside.InsideQuestions(registry, tell).inside,
        Originals(registry, show_original).original,
        *latent.LatentSpace(registry, MEDIUM).questions,
        sequence.Sequence(registry).sounds,
        counting.classes,
        counting.census,
    ]


def tell(model: AudioModel, data: dict[str, Any]) -> inside.Inspection:
    """What the view tells of one sound.

    Raises:
        ConfigError: if a value is out of its range.
    """
    [found] = look_inside(model, generate(model, [request_of(data)]))
    parts = [round(value, 3) for value in moved(model, found).tolist()]
    drawn = [upright(maps) for maps in found.drawn[:-1]]  # the waveform itself is on the page already
    judged = [[upright(maps) for maps in layers] for layers in found.judged]
    return inside.Inspection(drawn, judged, found.score, to_pictures(found.drawn[-1])[0], {"moved": parts})


def glimpses(model: AudioModel, results: Sequence[AudioResult]) -> list[strip.StripSample]:
    """What the strip shows of some sounds."""
    middle = strip.middle(range(model.network.depth - 1))
    return [
        strip.StripSample(
            found.z,
            upright(found.drawn[0]),
            upright(strip.middle(strip.middle(found.judged))) if found.judged else None,
            found.score,
        )
        for found in look_inside(model, results, middle)
    ]


def upright(maps: Tensor) -> Tensor:
    """Turn maps (F, frequencies, frames) so that high frequencies are above; signals (F, L) stay."""
    return maps.flip(1) if maps.ndim == 3 else maps


def show_original(model: AudioModel, name: str) -> dict[str, Any] | None:
    """A sound of the training part as the view shows it; None where the data is not on this machine."""
    rate = model.sample_rate
    found = original(model.header.data_set if model.header else "", name, model.network.config.samples, rate)
    if found is None:
        return None
    return {
        "source": drawing.spectrogram(found, rate),
        "sound": data_url("audio/wav", drawing.playable(found, rate)),
    }


def survey(model: AudioModel, seeds: Sequence[int], truncation: float) -> tuple[Tensor, list[int | None]]:
    """Make a sound of any class for each seed: as judges see it, (N, 1, 64, 64), and what chance asked for.

    Raises:
        ConfigError: if a value is out of its range.
    """
    results = generate(model, [AudioRequest(seed=seed, truncation=truncation) for seed in seeds])
    return to_pictures(torch.stack([result.waveform for result in results])), [result.label for result in results]


def request_of(data: dict[str, Any]) -> AudioRequest:
    """Read what a question is about: "label" (a number or null), "seed" and "truncation".

    Raises:
        ConfigError: if a value is out of its range.
    """
    return AudioRequest(data.get("label"), data.get("seed", 0), data.get("truncation", 1.0))
