import numpy as np
import pytest
from PIL import Image

from genai.errors import DataError
from genai.image.sources.files import SUFFIXES, read


def test_the_middle_square_is_cut_out(tmp_path):
    wide = np.zeros((100, 300, 3), np.uint8)
    wide[:, 100:200] = (10, 20, 30)
    wide[:, :100] = 255
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide.swapaxes(0, 1)).save(tmp_path / "tall.png")
    for name in ("wide.png", "tall.png"):
        picture = read(tmp_path / name, 32)
        assert picture.shape == (32, 32, 3)
        assert (picture[4:-4, 4:-4] == (10, 20, 30)).all()  # away from the cut, which is antialiased


def test_fine_patterns_become_grey_and_not_moire(tmp_path):
    checkers = (np.indices((640, 640)).sum(0) % 2 * 255).astype(np.uint8)
    Image.fromarray(checkers).save(tmp_path / "checkers.png")
    assert np.abs(read(tmp_path / "checkers.png", 64).astype(int) - 127).max() <= 2


def test_small_pictures_grow(tmp_path):
    Image.new("L", (5, 8), 77).save(tmp_path / "tiny.png")
    assert (read(tmp_path / "tiny.png", 64) == 77).all()


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "bmp", "tiff", "ppm"])
def test_formats(suffix, tmp_path):
    Image.new("RGB", (50, 50), (200, 100, 50)).save(tmp_path / f"a.{suffix}")
    assert f".{suffix}" in SUFFIXES
    assert np.abs(read(tmp_path / f"a.{suffix}", 32).astype(int) - (200, 100, 50)).max() <= 4


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (200, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 255), (0, 0, 0)),
        ("1", 1, (255, 255, 255)),
        ("CMYK", (0, 0, 0, 255), (0, 0, 0)),
        ("I;16", 0x8000, (128, 128, 128)),
    ],
)
def test_modes_end_as_colour_on_white(mode, colour, expected, tmp_path):
    path = tmp_path / ("a.tiff" if mode in ("CMYK", "I;16") else "a.png")
    Image.new(mode, (40, 40), colour).save(path)
    assert np.abs(read(path, 32).astype(int) - expected).max() <= 1


def test_a_photo_taken_sideways_is_turned(tmp_path):
    picture = Image.new("RGB", (64, 64), "black")
    picture.paste("white", (0, 0, 64, 32))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    picture.save(tmp_path / "a.png", exif=exif)
    turned = read(tmp_path / "a.png", 32)
    assert turned[:, :14].max() < 20
    assert turned[:, 18:].min() > 235


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    Image.new("L", (2000, 1500)).save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2_000_000)
    with pytest.raises(DataError, match=r"bomb\.png has too many pixels.*2 million"):
        read(tmp_path / "bomb.png", 32)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)  # more than twice too large
    with pytest.raises(DataError, match="too many pixels"):
        read(tmp_path / "bomb.png", 32)


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n broken", b"GIF89a", b"BM" + bytes(60)])
def test_a_broken_picture_is_a_sentence(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.png cannot be read as a picture"):
        read(tmp_path / "a.png", 32)


def test_programs_are_no_pictures():
    assert ".eps" not in SUFFIXES
    assert ".ps" not in SUFFIXES
