"""Open Peeps avatars, drawn with DiceBear from seeds."""

import io
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from genai.datasets.cache import cached
from genai.datasets.optional_import import import_optional
from genai.errors import DataError
from genai.image.sources import peeps
from genai.image.sources.files import read_arrays

PLACE = "image/characters/open-peeps-64.npz"  # path in GENAI_DATA and in the cache
STORED_PARTS = Path(__file__).with_name("peeps.npz")  # of the 20,000 avatars: parts, and the seed of each
COUNT = 20_000
SIZE = 64


class Avatars(NamedTuple):
    """Pictures of N different avatars.

    Args:
        images: (N, 64, 64, 3), 0 to 255.
        parts: (N, P), the numbers of the parts that each is drawn of, in the order of `peeps.PARTS`.
    """

    images: NDArray[np.uint8]
    parts: NDArray[np.uint8]


Draw = Callable[[int], tuple[NDArray[np.uint8], list[int]]]
"""From a seed to a picture (64, 64, 3) and the numbers of its parts (P,)."""


def pictures() -> Avatars:
    """Return 20,000 different avatars; the first time it draws them, for minutes.

    Raises:
        DataError: if GENAI_DATA lacks them, or a library to draw them is missing.
    """
    path = cached(PLACE, prepare)
    (images,) = read_arrays(path, "images")
    return Avatars(images, _read_parts(path, len(images)))


def _read_parts(path: Path, count: int) -> NDArray[np.uint8]:
    """Read the parts of N avatars.

    A file drawn by an earlier version has none. DiceBear chooses by the seed alone, so they are known: STORED_PARTS
    has them, in the order of the drawn file.
    """
    with np.load(path, allow_pickle=False) as arrays:
        drawn_with_parts = "parts" in arrays.files
    (parts,) = read_arrays(path if drawn_with_parts else STORED_PARTS, "parts")
    if len(parts) != count:
        raise DataError("{file} is broken: remove it and get it again.", file=str(path))
    return parts


def prepare(target: Path, count: int = COUNT) -> None:
    """Draw the seeds from 0 on until there are enough different avatars, and write them to an .npz file."""
    draw = make_artist()
    avatars: dict[bytes, tuple[NDArray[np.uint8], list[int]]] = {}
    seed = 0
    with tqdm(total=count, desc="drawing avatars") as bar:
        while len(avatars) < count:
            picture, parts = draw(seed)
            if picture.tobytes() not in avatars:
                avatars[picture.tobytes()] = picture, parts
                bar.update()
            seed += 1
    images, part_rows = zip(*avatars.values(), strict=True)
    np.savez_compressed(target, images=np.stack(images), parts=np.array(part_rows, np.uint8))


def make_artist() -> Draw:
    """Return a function that draws the avatar of a seed on white.

    Raises:
        DataError: if a library that it needs is missing.
    """
    dicebear = import_optional("dicebear", "dicebear-core==10.7.0")
    import_optional("dicebear_styles", "dicebear-styles==10.6.0")
    resvg = import_optional("resvg_py", "resvg-py==0.5.0")
    definition = files("dicebear_styles").joinpath("open-peeps.json").read_text("utf-8")
    style = dicebear.Style(json.loads(definition))

    def draw(seed: int) -> tuple[NDArray[np.uint8], list[int]]:
        avatar = dicebear.Avatar(style, {"seed": f"open-peeps-{seed}", "size": 2 * SIZE}).to_json()
        png = resvg.svg_to_bytes(svg_string=avatar["svg"], background="#ffffff", skip_system_fonts=True)
        with Image.open(io.BytesIO(png)) as picture:
            small = np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX))
        return small, peeps.encode(avatar["options"])

    return draw
