"""What the views of the Image tab ask of a picture, beside the picture itself."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from genai.image.internals import look_inside
from genai.image.originals import original
from genai.image.page.film import Film
from genai.image.page.medium import MEDIUM
from genai.image.sampling import ImageModel, ImageRequest, ImageResult, generate
from genai.serving.models import Registry
from genai.ui.views import census, inside, latent, strip
from genai.ui.views.files import data_url
from genai.ui.views.originals import Originals

PARTS = [strip.PART, inside.PART, *latent.PARTS, Path(__file__).with_name("walk"), census.PART]  # of the tab's view


def questions(registry: Registry[ImageModel]) -> list[Callable[..., object]]:
    """The functions that the tab's view may ask."""
    film, counting = Film(registry), census.Census(registry, survey)
    return [
        strip.LayerStrip(registry, request_of, generate, glimpses).strip,
        inside.InsideQuestions(registry, tell).inside,
        Originals(registry, show_original).original,
        *latent.LatentSpace(registry, MEDIUM).questions,
        film.steps,
        film.film,
        counting.classes,
        counting.census,
    ]


def tell(model: ImageModel, data: dict[str, Any]) -> inside.Inspection:
    """What the view tells of one picture.

    Raises:
        ConfigError: if a value is out of its range.
    """
    [found] = look_inside(model, generate(model, [request_of(data)]))
    return inside.Inspection(found.drawn, [found.judged] if found.judged else [], found.score, found.drawn[-1])


def glimpses(model: ImageModel, results: Sequence[ImageResult]) -> list[strip.StripSample]:
    """What the strip shows of some pictures."""
    middle = strip.middle(range(model.network.depth - 1))
    return [
        strip.StripSample(
            found.z, found.drawn[0], strip.middle(found.judged) if found.judged else None, found.score
        )
        for found in look_inside(model, results, middle)
    ]


def show_original(model: ImageModel, name: str) -> dict[str, Any] | None:
    """A picture of the training part as the view shows it; None where the data is not on this machine."""
    found = original(model.header.data_set if model.header else "", name)
    if found is None:
        return None
    file = io.BytesIO()
    Image.fromarray(found[..., 0] if found.shape[2] == 1 else found).save(file, "PNG")
    return {"source": data_url("image/png", file.getvalue())}


def survey(model: ImageModel, seeds: Sequence[int], truncation: float) -> tuple[Tensor, list[int | None]]:
    """Draw a picture of any class for each seed: (N, C, H, W), and what chance asked for.

    Raises:
        ConfigError: if a value is out of its range.
    """
    results = generate(model, [ImageRequest(seed=seed, truncation=truncation) for seed in seeds])
    return torch.stack([result.image for result in results]), [result.label for result in results]


def request_of(data: dict[str, Any]) -> ImageRequest:
    """Read what a question is about: "label" (a number or null), "seed" and "truncation".

    Raises:
        ConfigError: if a value is out of its range.
    """
    return ImageRequest(data.get("label"), data.get("seed", 0), data.get("truncation", 1.0))
