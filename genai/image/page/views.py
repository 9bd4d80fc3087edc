"""The questions of the Image tab's views."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from genai.gan.internals import look_inside
from genai.image.originals import original
from genai.image.page.renderer import RENDERER
from genai.image.page.walk import ImageWalk
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.serving.models import Registry
from genai.ui.views import census, inside, latent, strip
from genai.ui.views.files import data_url
from genai.ui.views.originals import Original, Originals
from genai.ui.views.questions import ResultQuestion

PARTS = [strip.PART, inside.PART, *latent.PARTS, Path(__file__).with_name("walk"), census.PART]  # of the tab's view


def questions(registry: Registry[ImageModel]) -> list[Callable[..., object]]:
    """Return the functions that the tab's view may call."""
    image_walk = ImageWalk(registry)
    image_census = census.Census(registry, draw_samples)
    return [
        strip.LayerStrip(registry, read_request, generate, strip_samples).strip,
        inside.InsideQuestions(registry, inspect).inside,
        Originals(registry, read_original).original,
        *latent.LatentSpace(registry, RENDERER).questions,
        image_walk.steps,
        image_walk.film,
        image_census.classes,
        image_census.census,
    ]


def inspect(model: ImageModel, question: ResultQuestion) -> inside.Inspection:
    """Make the picture that a question names and compute what is inside.

    Raises:
        ConfigError: if a value is out of its range.
    """
    [trace] = look_inside(model, generate(model, [read_request(question)]))
    generator_maps = [*trace.generator_maps, trace.item]
    return inside.Inspection(generator_maps, trace.discriminator_maps, trace.score, trace.item)


def strip_samples(model: ImageModel, results: Sequence[ImageResult]) -> list[strip.StripSample]:
    """Compute what the strip shows of some pictures."""
    layer = strip.middle(range(model.network.depth - 1))
    return [
        strip.StripSample(
            trace.z,
            trace.generator_maps[0],
            strip.middle(trace.discriminator_maps[0]) if trace.discriminator_maps else None,
            trace.score,
        )
        for trace in look_inside(model, results, layer)
    ]


def read_original(model: ImageModel, name: str) -> Original | None:
    """Read a picture of the training part as the view shows it; None where the data is not on this machine."""
    pixels = original(model.header.data_set if model.header else "", name)
    if pixels is None:
        return None
    grey = pixels.shape[2] == 1
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if grey else pixels).save(file, "PNG")
    return {"source": data_url("image/png", file.getvalue())}


def draw_samples(model: ImageModel, seeds: Sequence[int], truncation: float) -> tuple[Tensor, list[int | None]]:
    """Draw a picture of any class for each seed: (N, C, H, W), and the classes that chance chose.

    Raises:
        ConfigError: if a value is out of its range.
    """
    results = generate(model, [ImageRequest(seed=seed, truncation=truncation) for seed in seeds])
    return torch.stack([result.image for result in results]), [result.label for result in results]


def read_request(question: ResultQuestion) -> ImageRequest:
    """Read which picture a question is about.

    Raises:
        ConfigError: if a value is out of its range.
    """
    return ImageRequest(question.get("label"), question.get("seed", 0), question.get("truncation", 1.0))
