"""How the views of the latent space make, compare and draw pictures."""

from PIL import Image
from torch import Tensor

from genai import provenance
from genai.gan.labelled import make_label
from genai.gan.sampling import synthesise
from genai.image.sampling import ImageModel
from genai.ui.views.files import data_url
from genai.ui.views.latent import Renderer, Rendering


def features(model: ImageModel, pictures: Tensor) -> Tensor:
    """Return the pixels (B, D) of pictures (B, C, S, S)."""
    return pictures.flatten(1)


def thumbnail(model: ImageModel, picture: Tensor) -> Image.Image:
    """Return a picture (C, S, S) as it is: it is small."""
    return Image.fromarray(provenance.to_uint8(picture))


def render(model: ImageModel, picture: Tensor, settings: dict[str, object], hear: bool) -> Rendering:
    """Encode a picture (C, S, S) as PNG, with the provenance label inside."""
    label = make_label(model, settings)
    return {"picture": data_url("image/png", provenance.png(picture, label))}


RENDERER = Renderer(synthesise, features, thumbnail, render)
