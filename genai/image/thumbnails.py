"""Small pictures of all training items in the index, so that the nearest one is seen where the data set is not.

A thumbnail of 32 pixels as a file of its own takes about 400 bytes, and 60,000 of them more than the model. Here
they are the tiles of AVIF films: the pictures are put into an order in which neighbours are alike, and a tile shows
one after the other, so that the film stores little more than what changes. One file has at most 64 frames, since
those before the one wanted are decoded too.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from genai.quality.nearest import NearestIndex

FRAMES = 64  # of a file; also the pictures that one tile shows
FRAME_SIDE = 256  # pixels
SPEED = 4  # 0 to 10
QUALITY = 20  # 0 to 100: 28 dB (median) at 85 bytes for a character
QUALITIES = {"fashion": 16}  # 28 dB at 31 bytes for a piece of clothing
FAST_SPEED, FAST_QUALITY = 6, 20  # as many dB in half the time, but up to a quarter more bytes
SORTED_SIDE = 16  # pixels; the side at which pictures are compared to put them in order
POWER_STEPS = 10  # of the power iteration for the direction of the largest variance
SIDES = {"characters": 64}  # drawn lines, and so much alike that 64 pixels take 60 bytes
DEFAULT_SIDE = 32


class _Place(NamedTuple):
    """Where a thumbnail is: the number of its file and frame, and its box (left, top, right, bottom) in pixels."""

    file: int
    frame: int
    box: tuple[int, int, int, int]

    @classmethod
    def of(cls, row: int, side: int) -> "_Place":
        """Return the place of a row among thumbnails of a side."""
        columns = FRAME_SIDE // side
        file, rest = divmod(row, columns * columns * FRAMES)
        tile, frame = divmod(rest, FRAMES)
        y, x = divmod(tile, columns)
        return cls(file, frame, (x * side, y * side, (x + 1) * side, (y + 1) * side))


def add_thumbnails(index: NearestIndex, pictures: Tensor, data_set: str) -> NearestIndex:
    """Return an index with thumbnails of its items, and with its items in the order of the thumbnails.

    Args:
        index: Of the pictures.
        pictures: (N, C, S, S), 0 to 255, S 32 or 64.
        data_set: Its name.
    """
    order = similarity_order(pictures)
    side = min(SIDES.get(data_set, DEFAULT_SIDE), pictures.shape[-1])
    small = _shrink(pictures[order], side)
    return replace(index.reorder(order), files=encode(small, QUALITIES.get(data_set, QUALITY)), side=side)


def side_of(index: NearestIndex, data_set: str) -> int:
    """Return the side of the thumbnails in an index of a data set, in pixels."""
    return index.side or SIDES.get(data_set, DEFAULT_SIDE)


def encode(pictures: Tensor, quality: int = QUALITY, speed: int = SPEED) -> list[bytes]:
    """Encode thumbnails as AVIF files.

    Args:
        pictures: (N, C, S, S), 0 to 255; neighbours should be alike.
        quality: 0 to 100.
        speed: 0 to 10, of the encoder; the slower, the smaller the files.
    """
    tiles = (FRAME_SIDE // pictures.shape[-1]) ** 2
    return [_encode_file(part, tiles, quality, speed) for part in torch.split(pictures, tiles * FRAMES)]


def decode(files: Sequence[bytes], side: int, row: int) -> NDArray[np.uint8]:
    """Return the thumbnail of a row, (S, S, 3), 0 to 255.

    Args:
        files: As `encode` made them.
        side: S.
        row: 0 to N - 1.

    Raises:
        IndexError: if the files have no such row.
    """
    picture: NDArray[np.uint8] = decode_rows(files, side, [row])[0]
    return picture


def decode_rows(files: Sequence[bytes], side: int, rows: Sequence[int]) -> NDArray[np.uint8]:
    """Return the thumbnails of N rows, (N, S, S, 3), 0 to 255, in their order.

    Each film is read once, up to the last frame that is needed. The arguments are those of `decode`.

    Raises:
        IndexError: if the files have no such row.
    """
    places = [_Place.of(row, side) for row in rows]
    pictures = np.empty((len(rows), side, side, 3), np.uint8)
    for file in sorted({place.file for place in places}):
        wanted = [n for n, place in enumerate(places) if place.file == file]
        with Image.open(io.BytesIO(files[file])) as film:
            for n in sorted(wanted, key=lambda n: places[n].frame):
                film.seek(places[n].frame)
                pictures[n] = np.asarray(film.convert("RGB").crop(places[n].box))
    return pictures


def recode(pictures: Tensor, side: int) -> Tensor:
    """Return other pictures as they would come out of an index, so that nothing in a file tells them apart.

    Args:
        pictures: (N, C, S, S), 0 to 255.
        side: Of the index's thumbnails.

    Returns:
        (N, C, side, side), 0 to 255.
    """
    order = similarity_order(pictures)
    files = encode(_shrink(pictures[order], side), FAST_QUALITY, FAST_SPEED)
    return to_tensor(decode_rows(files, side, order.argsort().tolist()), pictures.shape[1])


def to_tensor(thumbnails: NDArray[np.uint8], channels: int) -> Tensor:
    """Return thumbnails (N, S, S, 3) as a tensor (N, C, S, S); in those of grey pictures all channels are equal."""
    return torch.from_numpy(thumbnails).permute(0, 3, 1, 2)[:, :channels].contiguous()


def similarity_order(pictures: Tensor) -> Tensor:
    """Return an order (N,) of pictures (N, C, S, S) in which the 64 of a tile are alike.

    The pictures are halved again and again along the direction in which they vary most; within the 64, each is
    followed by the one most like it.
    """
    points = _shrink(pictures, SORTED_SIDE).flatten(1).float()
    runs = _split(points, torch.arange(len(points)))
    return torch.cat([run[_chain(points[run])] for run in runs])


def _split(points: Tensor, rows: Tensor) -> list[Tensor]:
    """Split rows into runs of alike points, all of 64 rows but the last one."""
    if len(rows) <= FRAMES:
        return [rows]
    values = points[rows] - points[rows].mean(dim=0)
    direction = values[values.norm(dim=1).argmax()]
    for _ in range(POWER_STEPS):
        direction = F.normalize(values.T @ (values @ direction), dim=0)
    ordered = rows[(values @ direction).argsort(stable=True)]
    half = -(-len(rows) // (2 * FRAMES)) * FRAMES
    return _split(points, ordered[:half]) + _split(points, ordered[half:])


def _chain(points: Tensor) -> list[int]:
    """Order a few points so that each is followed by the nearest of those left."""
    distances = torch.cdist(points, points)
    chain = [0]
    for _ in range(len(points) - 1):
        distances[:, chain[-1]] = torch.inf  # taken
        chain.append(int(distances[chain[-1]].argmin()))
    return chain


def _shrink(pictures: Tensor, side: int) -> Tensor:
    """Average blocks of pixels: (N, C, S, S) to (N, C, side, side), 0 to 255."""
    parts = [F.avg_pool2d(part.float(), part.shape[-1] // side) for part in torch.split(pictures, 4096)]
    return torch.cat([part.round().to(torch.uint8) for part in parts])


def _encode_file(pictures: Tensor, tiles: int, quality: int, speed: int) -> bytes:
    """Encode up to 64 pictures for each of some tiles as one file; the last picture fills what is left."""
    count, channels, side, _ = pictures.shape
    rows = torch.arange(tiles * FRAMES).clamp(max=count - 1)
    columns = FRAME_SIDE // side
    grid = pictures[rows].view(columns, columns, FRAMES, channels, side, side)
    frames = grid.permute(2, 0, 4, 1, 5, 3).reshape(FRAMES, FRAME_SIDE, FRAME_SIDE, channels)
    first, *others = (Image.fromarray(frame.squeeze(2).numpy()) for frame in frames)
    file = io.BytesIO()
    subsampling = "4:0:0" if channels == 1 else "4:2:0"
    first.save(
        file, "AVIF", save_all=True, append_images=others, quality=quality, speed=speed, subsampling=subsampling
    )
    return file.getvalue()
