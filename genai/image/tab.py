"""The Image tab: a grid of generated pictures, each with its seed."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from genai import image
from genai.gan.origin import file_name
from genai.image.encoding import encode
from genai.image.page import views
from genai.image.page.renderer import RENDERER
from genai.ui.panel.batched import BatchedPanel, Pipeline
from genai.ui.panel.context import Context
from genai.ui.panel.controls import label_chips, truncation_slider, variant_chips
from genai.ui.panel.panel import Panel
from genai.ui.panel.settings import Setting, Value
from genai.ui.views.files import data_url, serve_file
from genai.ui.views.strip import strips

NAME = "image"
PREFERRED = "fashion"
SETTINGS = (
    Setting("label", "any"),
    Setting("count", 16),
    Setting("seed", 0),
    Setting("truncation", 1.0),
    Setting("variant", "any"),
)


def requests(values: Mapping[str, Value]) -> list[image.ImageRequest]:
    """Return a request for each picture, with seeds that count up.

    Raises:
        ConfigError: if a value is out of its range.
    """
    settings: dict[str, Any] = dict(values)  # the request checks its own values
    count = settings.pop("count")
    return image.consecutive_seeds(image.ImageRequest(**settings), count)


def show(
    model: image.ImageModel, values: Mapping[str, Value], results: Sequence[image.ImageResult]
) -> dict[str, Any]:
    """Return the pictures as the view shows them."""
    cells = [
        {
            "source": data_url("image/png", encode(model, result)),
            "side": result.image.shape[-1],
            "seed": result.seed,
            "number": result.label,
            "label": model.class_name(result.label),
            "variantNumber": result.variant,
            "variant": model.variant_name(result.variant) if len(model.labels.variants) > 1 else None,
            "file": file_name(model, result),
        }
        for result in results
    ]
    return {"cells": cells, "count": len(cells), "archive": f"{model.name}-seed{values['seed']}.zip"}


def build(context: Context) -> Panel[image.ImageModel]:
    """Lay out the tab and its endpoint."""
    pipeline = Pipeline(requests, image.generate, show, partial(strips, RENDERER))
    panel = BatchedPanel(context, NAME, SETTINGS, image.load, pipeline, PREFERRED)
    mark = context.phrasebook.mark
    with panel.tab(Path(__file__).parent / "page", views.PARTS, views.questions(panel.registry)) as groups:
        with groups.main:
            label = label_chips(context.phrasebook, NAME, panel.registry)
        with groups.finer:
            variant = variant_chips(context.phrasebook, NAME, panel.registry)
            count = gr.Slider(
                1,
                context.limits.ceilings.get("count", 64),
                16,
                step=1,
                label=mark("image.count"),
                info=mark("image.count.info"),
                elem_id="image-count",
            )
            truncation = truncation_slider(context.phrasebook, NAME)
    panel.connect(label=label, count=count, truncation=truncation, variant=variant)
    _add_endpoint(panel)
    return panel


def _add_endpoint(panel: Panel[image.ImageModel]) -> None:
    def generate_images(
        checkpoint: str = PREFERRED,
        label: str = "any",
        count: int = 16,
        seed: int = 0,
        truncation: float = 1.0,
        variant: str = "any",
    ) -> list[gr.FileData]:
        """Draw pictures with a DCGAN generator; returns PNG files, the same bytes for the same settings.

        Args:
            checkpoint: Name of an image model.
            label: Name or number of a class of the model, or any.
            count: Pictures to make, 1 to 64.
            seed: 0 to 4294967295; the first picture's, counted up from there.
            truncation: 0 to 1; nearer 0, more typical and less varied.
            variant: Name or number of a hairstyle, which characters can be asked for, or any.
        """
        model, values = panel.read(
            checkpoint, label=label, count=count, seed=seed, truncation=truncation, variant=variant
        )
        results = image.generate(model, requests(values))
        return [serve_file(encode(model, result), file_name(model, result)) for result in results]

    panel.endpoint(generate_images)
