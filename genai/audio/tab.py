"""The Audio tab: one generated sound, played and drawn."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from genai import audio
from genai.audio.encoding import encode
from genai.audio.instruments.suits import suited
from genai.audio.page import views
from genai.audio.page.renderer import RENDERER
from genai.gan.origin import file_name
from genai.ui.panel.batched import BatchedPanel, Pipeline
from genai.ui.panel.context import Context
from genai.ui.panel.controls import label_chips, truncation_slider, variant_chips
from genai.ui.panel.panel import Panel
from genai.ui.panel.settings import Setting, Value
from genai.ui.views import drawing
from genai.ui.views.files import data_url, serve_file
from genai.ui.views.strip import strips

NAME = "audio"
PREFERRED = "digits"
SETTINGS = (Setting("label", "any"), Setting("seed", 0), Setting("truncation", 1.0), Setting("variant", "any"))


def requests(values: Mapping[str, Value]) -> list[audio.AudioRequest]:
    """Return the one request.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return [audio.AudioRequest(**values)]  # type: ignore[arg-type]  # the request checks its own values


def show(
    model: audio.AudioModel, values: Mapping[str, Value], results: Sequence[audio.AudioResult]
) -> dict[str, Any]:
    """Return the sound as the view shows it."""
    [result] = results
    wave = result.waveform.numpy(force=True)
    rate = result.sample_rate
    return {
        "label": model.class_name(result.label),
        "variant": model.variant_name(result.variant) if len(model.labels.variants) > 1 else None,
        "seed": result.seed,
        "number": result.label,
        "variantNumber": result.variant,
        "rate": rate,
        "seconds": len(wave) / rate,
        "envelope": drawing.envelope(wave),
        "spectrogram": drawing.spectrogram(wave, rate),
        "pitches": drawing.pitches(rate),
        "playable": data_url("audio/wav", drawing.playable(wave, rate)),
        "recording": data_url("audio/wav", encode(model, result)),
        "file": file_name(model, result),
        "instruments": suited(model.labels),
    }


def build(context: Context) -> Panel[audio.AudioModel]:
    """Lay out the tab and its endpoint."""
    pipeline = Pipeline(requests, audio.generate, show, partial(strips, RENDERER))
    panel = BatchedPanel(context, NAME, SETTINGS, audio.load, pipeline, PREFERRED)
    with panel.tab(Path(__file__).parent / "page", views.PARTS, views.questions(panel.registry)) as groups:
        with groups.main:
            label = label_chips(context.phrasebook, NAME, panel.registry)
        with groups.finer:
            variant = variant_chips(context.phrasebook, NAME, panel.registry)
            truncation = truncation_slider(context.phrasebook, NAME)
    panel.connect(label=label, truncation=truncation, variant=variant)
    _add_endpoint(panel)
    return panel


def _add_endpoint(panel: Panel[audio.AudioModel]) -> None:
    def generate_audio(
        checkpoint: str = PREFERRED, label: str = "any", seed: int = 0, variant: str = "any"
    ) -> gr.FileData:
        """Make a sound with a WaveGAN generator; returns a WAV file, the same bytes for the same settings.

        Args:
            checkpoint: Name of an audio model.
            label: Name or number of a class of the model, or any.
            seed: 0 to 4294967295.
            variant: Name or number of an instrument or a speaker of the model, or any.
        """
        model, values = panel.read(checkpoint, label=label, seed=seed, variant=variant)
        [result] = audio.generate(model, requests(values))
        return serve_file(encode(model, result), file_name(model, result))

    panel.endpoint(generate_audio)
