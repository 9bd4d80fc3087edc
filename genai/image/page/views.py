"""The questions of the Image tab's views."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from genai.gan.internals import look_inside
from genai.image import thumbnails
from genai.image.originals import original
from genai.image.page.renderer import RENDERER
from genai.image.page.walk import ImageWalk
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.quality.nearest import NearestIndex
from genai.serving.models import Registry
from genai.ui.views import census, inside, latent, strip
from genai.ui.views.originals import Original, Originals, require_files
from genai.ui.views.questions import ResultQuestion
from genai.ui.views.thumbnails import png_url

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


def read_original(model: ImageModel, index: NearestIndex, row: int) -> Original:
    """Read a picture of the training part as the view shows it: from the data if it is here, else its thumbnail.

    Raises:
        CheckpointError: if the data is not here, and the index has no thumbnails.
        DataError: if a file of the data set is broken.
    """
    data_set = model.header.data_set if model.header else ""
    pixels = original(data_set, index.ids[row])
    compressed = pixels is None
    if pixels is None:
        pixels = thumbnails.decode(require_files(index, "image", data_set), thumbnails.side_of(data_set), row)
    return {"source": png_url(Image.fromarray(pixels.squeeze())), "compressed": compressed}


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
