"""How the views make, compare and draw pictures."""

import io

from PIL import Image
from torch import Tensor

from genai import provenance
from genai.gan.origin import make_label
from genai.image.originals import original
from genai.image.sampling import ImageModel, generate
from genai.ui.views.files import data_url
from genai.ui.views.renderer import Original, Renderer, Rendering


def thumbnail(model: ImageModel, picture: Tensor) -> Image.Image:
    """Return a picture (C, S, S) as it is: it is small."""
    return Image.fromarray(provenance.to_uint8(picture))


def render(model: ImageModel, picture: Tensor, settings: dict[str, object], hear: bool) -> Rendering:
    """Encode a picture (C, S, S) as PNG, with the provenance label inside."""
    label = make_label(model, settings)
    return {"picture": data_url("image/png", provenance.png(picture, label))}


def read_original(model: ImageModel, name: str) -> Original | None:
    """Read a picture of the training part as the view shows it; None where the data is not on this machine."""
    pixels = original(model.header.data_set if model.header else "", name)
    if pixels is None:
        return None
    grey = pixels.shape[2] == 1
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if grey else pixels).save(file, "PNG")
    return {"source": data_url("image/png", file.getvalue())}


RENDERER = Renderer(generate, thumbnail, render, read_original)
