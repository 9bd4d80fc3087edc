import sys

import numpy as np
import pytest

from genai.errors import DataError
from genai.image.sources import avatars

# Means of blocks of 16 x 16 pixels, in red, green and blue, of two avatars in the set that was trained on.
STORED = {
    0: [
        [[255, 255, 255], [221, 221, 221], [160, 160, 160], [252, 252, 252]],
        [[255, 255, 255], [61, 56, 49], [91, 70, 49], [180, 178, 176]],
        [[255, 255, 255], [60, 50, 45], [91, 67, 53], [182, 180, 179]],
        [[236, 227, 209], [81, 68, 46], [19, 15, 10], [214, 207, 193]],
    ],
    1: [
        [[255, 255, 255], [233, 210, 207], [219, 176, 171], [251, 251, 251]],
        [[252, 252, 252], [192, 114, 103], [159, 87, 56], [215, 186, 181]],
        [[253, 253, 253], [188, 129, 106], [157, 84, 37], [202, 184, 177]],
        [[233, 213, 210], [193, 134, 115], [154, 91, 57], [234, 216, 214]],
    ],
}


def test_avatars_are_drawn_as_in_the_stored_set():
    draw = avatars.make_artist()
    for seed, stored in STORED.items():
        picture = draw(seed)
        assert picture.shape == (64, 64, 3)
        assert picture.dtype == np.uint8
        blocks = picture.reshape(4, 16, 4, 16, 3).mean((1, 3))
        assert np.abs(blocks - stored).max() <= 1


def test_equal_avatars_are_kept_once(tmp_path, monkeypatch):
    monkeypatch.setattr(avatars, "make_artist", lambda: lambda seed: np.full((64, 64, 3), seed // 2, np.uint8))
    avatars.prepare(tmp_path / "some.npz", count=5)
    with np.load(tmp_path / "some.npz") as arrays:
        assert arrays["images"][:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("module", "package"),
    [("dicebear", "dicebear-core"), ("dicebear_styles", "dicebear-styles"), ("resvg_py", "resvg-py")],
)
def test_a_missing_library_is_a_sentence(module, package, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=f"pip install {package}=="):
        avatars.make_artist()
