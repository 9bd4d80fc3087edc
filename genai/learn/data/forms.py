"""What pictures of own data must look like for a model to go on from: its size, its channels, light or dark."""

from genai.checkpoint.header import Header
from genai.learn.data.raster import Form

LIGHT_ON_DARK = ("fashion",)
"""Sets whose pictures are light on a black ground; all others are dark on white."""
BLACK = (0, 0, 0)
WHITE = (255, 255, 255)
BLUE = (32, 42, 120)
"""Ink of coloured pictures: grey ones would be read as pictures of one channel."""


def form_for(header: Header | None) -> Form:
    """Return the form of pictures for a model.

    Args:
        header: Of the model that the training goes on from; None is from scratch, in the form of `fashion`.
    """
    if header is None:
        return Form()
    size = int(header.config["size"])
    if header.config["channels"] == 3:
        return Form(size, WHITE, BLUE)
    return Form(size, BLACK, WHITE) if header.data_set in LIGHT_ON_DARK else Form(size, WHITE, BLACK)
