"""How the views make, compare and draw pictures."""

from PIL import Image
from torch import Tensor

from genai import provenance
from genai.gan.origin import make_label
from genai.image import thumbnails
from genai.image.originals import original
from genai.image.sampling import ImageModel, generate
from genai.quality.nearest import NearestIndex, require_files
from genai.ui.views.files import data_url
from genai.ui.views.originals import published_set
from genai.ui.views.renderer import Original, Renderer, Rendering
from genai.ui.views.thumbnails import png_url


def thumbnail(model: ImageModel, picture: Tensor) -> Image.Image:
    """Return a picture (C, S, S) as it is: it is small."""
    return Image.fromarray(provenance.to_uint8(picture))


def render(model: ImageModel, picture: Tensor, settings: dict[str, object], hear: bool) -> Rendering:
    """Encode a picture (C, S, S) as PNG, with the provenance label inside."""
    label = make_label(model, settings)
    return {"picture": data_url("image/png", provenance.png(picture, label))}


def read_original(model: ImageModel, index: NearestIndex, row: int) -> Original:
    """Read a picture of the training part as the view shows it: from the data if it is here, else its thumbnail.

    Raises:
        CheckpointError: if the data is not here, and the index has no thumbnails.
        DataError: if a file of the data set is broken.
    """
    data_set = model.header.data_set if model.header else ""
    pixels = original(published_set(model.header), index.ids[row])
    compressed = pixels is None
    if pixels is None:
        side = thumbnails.side_of(index, data_set)
        pixels = thumbnails.decode(require_files(index, "image", data_set), side, row)
    return {"source": png_url(Image.fromarray(pixels.squeeze())), "compressed": compressed}


RENDERER = Renderer(generate, thumbnail, render, read_original)
