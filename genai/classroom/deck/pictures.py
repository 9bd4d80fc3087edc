"""Pictures of a deck, as the index keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from genai import provenance
from genai.classroom.deck.deck import Kind, Shown
from genai.classroom.deck.files import serve_picture
from genai.image import thumbnails
from genai.image.data import to_unit
from genai.quality.nearest import NearestIndex, require_files


@dataclass(frozen=True)
class PictureCodec:
    """The pictures of a data set.

    Args:
        data_set: Its name.
        size: Side of the model's pictures in pixels.
        channels: 1 or 3.
    """

    data_set: str
    size: int
    channels: int
    kind: Kind = "picture"

    def read(self, index: NearestIndex, rows: Sequence[int]) -> Tensor:
        """Return thumbnails (N, C, S, S), 0 to 255.

        Raises:
            CheckpointError: if the index has none.
        """
        files = require_files(index, "image", self.data_set)
        side = thumbnails.side_of(index, self.data_set)
        return thumbnails.to_tensor(thumbnails.decode_rows(files, side, rows), self.channels)

    def recode(self, index: NearestIndex, items: Tensor) -> Tensor:
        """Return made pictures (N, C, S, S) as thumbnails like those of an index, 0 to 255."""
        levels = ((items.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return thumbnails.recode(levels, thumbnails.side_of(index, self.data_set))

    def to_model(self, items: Tensor) -> Tensor:
        """Return thumbnails in [-1, 1] and enlarged to the model's size."""
        unit = to_unit(items)
        return unit if unit.shape[-1] == self.size else F.interpolate(unit, size=self.size, mode="bilinear")

    def to_pictures(self, items: Tensor) -> Tensor:
        """Return the pictures as they are."""
        return items

    def show(self, item: Tensor) -> Shown:
        """Return a thumbnail (C, S, S) as a file."""
        return {"picture": serve_picture(provenance.to_uint8(to_unit(item[None])[0]))}
