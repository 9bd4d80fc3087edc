"""Open Peeps avatars, drawn with DiceBear from seeds."""

import io
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from genai.datasets.cache import cached
from genai.datasets.optional_import import import_optional
from genai.image.sources.files import read_arrays

PLACE = "image/characters/open-peeps-64.npz"  # path in GENAI_DATA and in the cache
COUNT = 20_000
SIZE = 64


def pictures() -> NDArray[np.uint8]:
    """Return 20,000 different avatars, (20000, 64, 64, 3), 0 to 255; the first time it draws them, for minutes.

    Raises:
        DataError: if GENAI_DATA lacks them, or a library to draw them is missing.
    """
    (images,) = read_arrays(cached(PLACE, prepare), "images")
    return images


def prepare(target: Path, count: int = COUNT) -> None:
    """Draw the seeds from 0 on until there are enough different avatars, and write them to an .npz file."""
    draw = make_artist()
    avatars: dict[bytes, NDArray[np.uint8]] = {}
    seed = 0
    with tqdm(total=count, desc="drawing avatars") as bar:
        while len(avatars) < count:
            picture = draw(seed)
            if picture.tobytes() not in avatars:
                avatars[picture.tobytes()] = picture
                bar.update()
            seed += 1
    np.savez_compressed(target, images=np.stack(list(avatars.values())))


def make_artist() -> Callable[[int], NDArray[np.uint8]]:
    """Return a function that draws the avatar of a seed, (64, 64, 3), on white.

    Raises:
        DataError: if a library that it needs is missing.
    """
    dicebear = import_optional("dicebear", "dicebear-core==10.7.0")
    import_optional("dicebear_styles", "dicebear-styles==10.6.0")
    resvg = import_optional("resvg_py", "resvg-py==0.5.0")
    definition = files("dicebear_styles").joinpath("open-peeps.json").read_text("utf-8")
    style = dicebear.Style(json.loads(definition))

    def draw(seed: int) -> NDArray[np.uint8]:
        svg = dicebear.Avatar(style, {"seed": f"open-peeps-{seed}", "size": 2 * SIZE}).to_string()
        png = resvg.svg_to_bytes(svg_string=svg, background="#ffffff", skip_system_fonts=True)
        with Image.open(io.BytesIO(png)) as picture:
            return np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX))

    return draw
