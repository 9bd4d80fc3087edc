import sys

import numpy as np
import pytest

from genai.errors import DataError
from genai.image.sources import avatars, peeps

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
        picture, _ = draw(seed)
        assert picture.shape == (64, 64, 3)
        assert picture.dtype == np.uint8
        blocks = picture.reshape(4, 16, 4, 16, 3).mean((1, 3))
        assert np.abs(blocks - stored).max() <= 1


def test_equal_avatars_are_kept_once_with_their_parts(tmp_path, monkeypatch):
    def make_artist():
        return lambda seed: (np.full((64, 64, 3), seed // 2, np.uint8), [seed, 7])

    monkeypatch.setattr(avatars, "make_artist", make_artist)
    avatars.prepare(tmp_path / "some.npz", count=5)
    with np.load(tmp_path / "some.npz") as arrays:
        assert arrays["images"][:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]
        assert arrays["parts"].tolist() == [[0, 7], [2, 7], [4, 7], [6, 7], [8, 7]]


def save(folder, monkeypatch, **arrays):
    path = folder / avatars.PLACE
    path.parent.mkdir(parents=True)
    np.savez(path, **arrays)
    monkeypatch.setenv("GENAI_DATA", str(folder))


def test_parts_are_those_that_were_drawn(tmp_path, monkeypatch):
    parts = np.arange(16, dtype=np.uint8).reshape(2, 8)
    save(tmp_path, monkeypatch, images=np.zeros((2, 64, 64, 3), np.uint8), parts=parts)
    assert avatars.pictures().parts.tolist() == parts.tolist()


def test_the_parts_of_a_file_without_them_are_stored_for_all_its_avatars(tmp_path, monkeypatch):
    save(tmp_path, monkeypatch, images=np.zeros((avatars.COUNT, 1, 1, 3), np.uint8))
    assert avatars.pictures().parts.shape == (avatars.COUNT, len(peeps.PARTS))


def test_a_file_with_another_number_of_avatars_than_parts_is_refused(tmp_path, monkeypatch):
    save(tmp_path, monkeypatch, images=np.zeros((3, 64, 64, 3), np.uint8))
    with pytest.raises(DataError, match=r"open-peeps-64\.npz is broken"):
        avatars.pictures()


def test_stored_parts_are_those_that_dicebear_chooses():
    draw = avatars.make_artist()
    with np.load(avatars.STORED_PARTS) as stored:
        parts, seeds = stored["parts"], stored["seeds"]
    assert (np.diff(seeds.astype(int)) > 0).all()
    assert len(np.unique(parts, axis=0)) == avatars.COUNT  # so no two of the avatars are drawn alike
    for row in [0, 1, avatars.COUNT - 1, *np.random.default_rng(0).integers(avatars.COUNT, size=60)]:
        assert draw(int(seeds[row]))[1] == parts[row].tolist()


@pytest.mark.parametrize(
    ("module", "package"),
    [("dicebear", "dicebear-core"), ("dicebear_styles", "dicebear-styles"), ("resvg_py", "resvg-py")],
)
def test_a_missing_library_is_a_sentence(module, package, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=f"pip install {package}=="):
        avatars.make_artist()
