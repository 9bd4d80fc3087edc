"""Items as files that the page serves: a state names them, and each phone fetches a file once."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genai.ui.views.files import serve_file


def serve_picture(picture: Image.Image | NDArray[np.uint8]) -> str:
    """Return the path of a PNG; the name says nothing of what is in it.

    Args:
        picture: A picture, or levels (H, W) or (H, W, 3).
    """
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    image.save(file, "PNG")
    return _path(serve_file(file.getvalue(), "item.png"))


def serve_sound(wav: bytes) -> str:
    """Return the path of a WAV."""
    return _path(serve_file(wav, "item.wav"))


def _path(served: Any) -> str:  # noqa: ANN401
    """Return the path in what Gradio calls a file: a dictionary."""
    return str(served["path"])
