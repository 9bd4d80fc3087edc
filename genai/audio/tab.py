"""The Audio tab: one generated sound, heard and drawn."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from genai import audio, provenance
from genai.audio import sequence
from genai.audio.internals import look_inside
from genai.audio.judging import to_pictures
from genai.audio.originals import original
from genai.ui import census, drawing
from genai.ui.census import Census
from genai.ui.context import Context
from genai.ui.controls import label_chips
from genai.ui.files import data_url, offered
from genai.ui.inside import PART, Inside, Told
from genai.ui.originals import Originals
from genai.ui.panel import Panel
from genai.ui.settings import Setting, Value

NAME = "audio"
PREFERRED = "digits"
SETTINGS = (Setting("label", "any"), Setting("seed", 0), Setting("truncation", 1.0))


def sound(model: audio.AudioModel, values: Mapping[str, Value]) -> audio.AudioResult:
    """Make one sound.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return audio.generate(model, [audio.AudioRequest(**values)])[0]  # type: ignore[arg-type]


def encode(model: audio.AudioModel, result: audio.AudioResult) -> bytes:
    """A sound as WAV at the model's own rate, with its origin inside."""
    settings = {
        "label": None if result.label is None else model.labels.names[result.label]["en"],
        "seed": result.seed,
        "truncation": result.request.truncation,
    }
    label = provenance.Label(NAME, model.name, model.weights, settings)
    return provenance.wav(result.waveform, result.sample_rate, label)


def speak(model: audio.AudioModel, values: Mapping[str, Value]) -> Iterator[dict[str, Any]]:
    """Make a sound as the view shows it."""
    result = sound(model, values)
    wave, rate = result.waveform.numpy(force=True), result.sample_rate
    yield {
        "label": None if result.label is None else model.labels.names[result.label],
        "seed": result.seed,
        "number": result.label,
        "rate": rate,
        "seconds": len(wave) / rate,
        "envelope": drawing.envelope(wave),
        "spectrogram": drawing.spectrogram(wave, rate),
        "pitches": drawing.pitches(rate),
        "playable": data_url("audio/wav", drawing.playable(wave, rate)),
        "recording": data_url("audio/wav", encode(model, result)),
        "file": f"{model.name}-seed{result.seed}.wav",
    }


def tell(model: audio.AudioModel, data: dict[str, Any]) -> Told:
    """What the view tells of one sound.

    Raises:
        ConfigError: if a value is out of its range.
    """
    request = audio.AudioRequest(data.get("label"), data.get("seed", 0), data.get("truncation", 1.0))
    found = look_inside(model, request)
    moved = [round(value, 3) for value in found.moved.tolist()]
    drawn = [upright(maps) for maps in found.drawn[:-1]]  # the waveform itself is on the page already
    judged = [[upright(maps) for maps in layers] for layers in found.judged]
    return Told(drawn, judged, found.score, to_pictures(found.drawn[-1])[0], {"moved": moved})


def upright(maps: Tensor) -> Tensor:
    """Turn maps (F, frequencies, frames) so that high frequencies are above; signals (F, L) stay."""
    return maps.flip(1) if maps.ndim == 3 else maps


def show_original(model: audio.AudioModel, name: str) -> dict[str, Any] | None:
    """A sound of the training part as the view shows it; None where the data is not on this machine."""
    rate = model.sample_rate
    found = original(model.header.data_set if model.header else "", name, model.network.config.samples, rate)
    if found is None:
        return None
    return {
        "source": drawing.spectrogram(found, rate),
        "sound": data_url("audio/wav", drawing.playable(found, rate)),
    }


def survey(model: audio.AudioModel, seeds: Sequence[int], truncation: float) -> tuple[Tensor, list[int | None]]:
    """Make a sound of any class for each seed: as judges see it, (N, 1, 64, 64), and what chance asked for.

    Raises:
        ConfigError: if a value is out of its range.
    """
    results = audio.generate(model, [audio.AudioRequest(seed=seed, truncation=truncation) for seed in seeds])
    return to_pictures(torch.stack([r.waveform for r in results])), [result.label for result in results]


def build(context: Context) -> Panel[audio.AudioModel]:
    """Lay out the tab and its endpoint."""
    panel = Panel(context, NAME, SETTINGS, audio.load, speak, PREFERRED)
    mark = context.phrasebook.mark
    folder, counting, walk = (
        Path(__file__).parent,
        Census(panel.registry, survey),
        sequence.Sequence(panel.registry),
    )
    shown = Originals(panel.registry, show_original)
    questions = [
        Inside(panel.registry, tell).inside,
        shown.original,
        walk.sounds,
        counting.classes,
        counting.census,
    ]
    with panel.tab(folder, [PART, folder / "walk", census.PART], questions):
        label = label_chips(context.phrasebook, NAME, panel.registry)
        truncation = gr.Slider(
            0, 1, 1, step=0.05, label=mark("truncation"), info=mark("truncation.info"), elem_id="audio-truncation"
        )
    panel.connect(label=label, truncation=truncation)
    _offer(panel)
    return panel


def _offer(panel: Panel[audio.AudioModel]) -> None:
    def generate_audio(checkpoint: str = PREFERRED, label: str = "any", seed: int = 0) -> gr.FileData:
        """Make a sound with a WaveGAN generator; returns a WAV file, the same bytes for the same settings.

        Args:
            checkpoint: Name of an audio model.
            label: Name or number of a class of the model, or any.
            seed: 0 to 4294967295.
        """
        model, values = panel.read(checkpoint, label=label, seed=seed)
        result = sound(model, values)
        return offered(encode(model, result), f"{model.name}-seed{result.seed}.wav")

    panel.endpoint(generate_audio)
