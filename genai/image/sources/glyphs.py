"""Chinese characters in three brush styles, drawn from fonts."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from tqdm import tqdm

from genai.datasets.cache import cached
from genai.datasets.downloads import Source, fetch
from genai.datasets.optional_import import import_optional
from genai.image.sources.files import read_arrays

PLACE = "image/calligraphy/calligraphy-64.npz"  # path in GENAI_DATA and in the cache
SIZE = 64
HEIGHT = 200  # font size in pixels at which glyphs are drawn before they are downscaled
MARGIN = 0.12  # sum of both margins, as a fraction of the longer side of the glyph
HAN = range(0x4E00, 0xA000)  # the Unicode block CJK Unified Ideographs


def _font(name: str, version: str, sha256: str) -> Source:
    return Source(
        name=f"image/fonts/{name}",
        url=f"https://cdn.jsdelivr.net/npm/@fontsource/{name}@{version}/files",
        files=(f"{name}-chinese-simplified-400-normal.woff",),
        sha256=sha256,
    )


FONTS = (
    _font("ma-shan-zheng", "5.3.1", "0e606ca22431696db0e8b557a8880be7eea710e0eee7d5b988560a216de9a639"),
    _font("zhi-mang-xing", "5.3.0", "f39b7b0b71fabfce038a26a1d98e3e2a2e66cab4c866323a71b3a595b2992912"),
    _font("liu-jian-mao-cao", "5.3.0", "0ce3baaab740cb85013a1a935e3b8d8c86fa9a350b5dd1d41304feb007fcf2b5"),
)


class Glyphs(NamedTuple):
    """Pictures of N characters.

    Args:
        images: (N, 64, 64), ink 0 on paper 255.
        styles: (N,), 0 to 2, in the order of FONTS.
        characters: The character in each.
    """

    images: NDArray[np.uint8]
    styles: NDArray[np.uint8]
    characters: list[str]


def pictures() -> Glyphs:
    """Return all characters in all styles.

    Raises:
        DataError: if the fonts cannot be downloaded, or a library to read them is missing.
    """
    path = cached(PLACE, prepare)
    images, styles, codes = read_arrays(path, "images", "font", "codepoint")
    return Glyphs(images, styles, [chr(code) for code in codes])


def prepare(target: Path) -> None:
    """Download the fonts, draw every Chinese character in them, and write all to an .npz file."""
    font_tools = import_optional("fontTools.ttLib", "fonttools==4.68.0")
    images: list[NDArray[np.uint8]] = []
    styles: list[int] = []
    codes: list[int] = []
    for style, source in enumerate(FONTS):
        path = fetch(source) / source.files[0]
        font = ImageFont.truetype(path, HEIGHT)
        with font_tools.TTFont(path) as tables:
            characters = sorted(set(tables.getBestCmap()).intersection(HAN))
        for code in tqdm(characters, desc=f"drawing {source.name}"):
            images.append(draw(font, chr(code)))
            styles.append(style)
            codes.append(code)
    np.savez_compressed(
        target,
        images=np.stack(images),
        font=np.array(styles, np.uint8),
        codepoint=np.array(codes, np.uint16),
    )


def draw(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.uint8]:
    """Draw a character in black, centred on a white square of 64 x 64 pixels."""
    left, top, right, bottom = font.getbbox(character)
    width = right - left
    height = bottom - top
    side = max(width, height) * (1 + MARGIN)
    square = Image.new("L", (math.ceil(side), math.ceil(side)), 255)
    corner = ((side - width) / 2 - left, (side - height) / 2 - top)
    ImageDraw.Draw(square).text(corner, character, fill=0, font=font)
    return np.asarray(square.resize((SIZE, SIZE), Image.Resampling.BOX))
