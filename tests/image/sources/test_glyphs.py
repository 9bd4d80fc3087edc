import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from genai.errors import DataError
from genai.image.sources import glyphs

# Two characters of Ma Shan Zheng under the SIL Open Font License; see brush-OFL.txt.
BRUSH = Path(__file__).with_name("brush.ttf")

# Means of blocks of 8 x 8 pixels of 永 in the set that the checkpoint was trained on.
FOREVER = [
    [255, 255, 247, 200, 255, 255, 255, 255],
    [255, 255, 255, 86, 255, 255, 255, 255],
    [255, 255, 141, 63, 220, 172, 255, 255],
    [255, 241, 132, 77, 101, 231, 255, 255],
    [255, 178, 92, 101, 112, 253, 255, 255],
    [255, 166, 198, 127, 139, 62, 199, 255],
    [255, 233, 213, 89, 255, 180, 190, 255],
    [255, 255, 255, 232, 255, 255, 255, 255],
]


def test_a_glyph_is_drawn_as_in_the_stored_set():
    picture = glyphs.draw(ImageFont.truetype(BRUSH, glyphs.HEIGHT), "永")
    assert picture.shape == (64, 64)
    assert picture.dtype == np.uint8
    blocks = picture.reshape(8, 8, 8, 8).mean((1, 3))
    assert np.abs(blocks - FOREVER).max() <= 1


def test_every_character_of_every_font_is_drawn_once(tmp_path, serve, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    checksum = hashlib.sha256(BRUSH.read_bytes()).hexdigest()
    url = serve(BRUSH.parent)
    fonts = tuple(replace(source, url=url, files=(BRUSH.name,), sha256=checksum) for source in glyphs.FONTS[:2])
    monkeypatch.setattr(glyphs, "FONTS", fonts)
    images, hands, characters = glyphs.pictures()
    assert images.shape == (4, 64, 64)
    assert hands.tolist() == [0, 0, 1, 1]
    assert characters == ["一", "永"] * 2
    assert not np.array_equal(images[0], images[1])


def test_a_missing_library_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fontTools.ttLib", None)
    with pytest.raises(DataError, match="pip install fonttools"):
        glyphs.prepare(tmp_path / "glyphs.npz")
