"""What the latent space of the Image tab is shown with: pictures, and their pixels."""

from typing import Any

from PIL import Image
from torch import Tensor

from genai import provenance
from genai.image import labelled
from genai.image.sampling import ImageModel, synthesise
from genai.ui.views.files import data_url
from genai.ui.views.latent import Medium


def measured(model: ImageModel, pictures: Tensor) -> Tensor:
    """Return the pixels (B, D) of pictures (B, C, S, S)."""
    return pictures.flatten(1)


def thumbnail(model: ImageModel, picture: Tensor) -> Image.Image:
    """The picture itself, which is small."""
    return Image.fromarray(provenance.to_uint8(picture))


def shown(model: ImageModel, picture: Tensor, settings: dict[str, Any], hear: bool) -> dict[str, str]:
    """The picture as PNG, with its origin inside."""
    label = labelled.label(model, settings)
    return {"picture": data_url("image/png", provenance.png(picture, label))}


MEDIUM = Medium(synthesise, measured, thumbnail, shown)
