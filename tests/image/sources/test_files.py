import struct

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


RAMP = np.tile(np.linspace(40 / 255, 200 / 255, 64), (64, 1))  # from grey 40 to grey 200 of 255


def tiff(values, sample_format):
    """Return a TIFF file of one grey channel; the format is 1 for unsigned, 2 for signed, 3 for fractions."""
    height, width = values.shape
    content = values.astype(values.dtype.newbyteorder("<")).tobytes()
    tags = {256: width, 257: height, 258: 8 * values.dtype.itemsize, 259: 1, 262: 1, 273: 8, 277: 1, 278: height,
            279: len(content), 339: sample_format}  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return (
        b"II*\0" + struct.pack("<I", 8 + len(content)) + content + struct.pack("<H", len(tags)) + entries + bytes(4)
    )


@pytest.mark.parametrize(
    ("dtype", "white", "sample_format"),
    [
        (np.uint8, 255, 1),
        (np.uint16, 255, 1),
        (np.uint16, 4_095, 1),
        (np.uint16, 65_535, 1),
        (np.int16, 32_767, 2),
        (np.int32, 255, 2),
        (np.int32, 65_535, 2),
        (np.float32, 1, 3),
        (np.float32, 255, 3),
        (np.float32, 65_535, 3),
    ],
)
def test_every_depth_and_number_type_of_grey(dtype, white, sample_format, tmp_path):
    values = (RAMP * white).round().astype(dtype) if white > 1 else RAMP.astype(dtype)
    (tmp_path / "a.tiff").write_bytes(tiff(values, sample_format))
    picture = read(tmp_path / "a.tiff", 64)
    expected = RAMP * 255 if white != 32_767 else RAMP * 127.5  # 15 bits are the lower half of 16
    assert np.abs(picture[..., 0] - expected).max() <= 1.5
    assert (picture == picture[..., :1]).all()


@pytest.mark.parametrize(
    ("values", "sample_format"),
    [
        ((RAMP * 1e9).astype(np.int32), 2),
        ((RAMP * 2e5 - 1e5).astype(np.int32), 2),
        ((RAMP * 8 - 4).astype(np.float32), 3),
        ((RAMP * 1e6).astype(np.float32), 3),
    ],
)
def test_numbers_without_a_usual_white_fill_the_range(values, sample_format, tmp_path):
    (tmp_path / "a.tiff").write_bytes(tiff(values, sample_format))
    picture = read(tmp_path / "a.tiff", 64)[..., 0]
    assert np.abs(picture - np.linspace(0, 255, 64)).max() <= 1.5


def test_fractions_that_are_no_numbers_are_black(tmp_path):
    values = RAMP.astype(np.float32)
    values[:, :8] = np.nan
    values[:, 8:16] = np.inf
    (tmp_path / "a.tiff").write_bytes(tiff(values, 3))
    picture = read(tmp_path / "a.tiff", 64)[..., 0]
    assert picture[:, :16].max() == 0
    assert np.abs(picture[:, 16:] - RAMP[:, 16:] * 255).max() <= 1.5


@pytest.mark.parametrize(("bits", "suffix"), [(16, "png"), (16, "pgm"), (16, "tiff")])
def test_sixteen_bits_in_every_format(bits, suffix, tmp_path):
    Image.fromarray((RAMP * 65_535).astype(np.uint16)).save(tmp_path / f"a.{suffix}")
    assert np.abs(read(tmp_path / f"a.{suffix}", 64)[..., 0] - RAMP * 255).max() <= 1.5


def test_a_flat_picture_of_large_numbers_is_one_grey(tmp_path):
    (tmp_path / "a.tiff").write_bytes(tiff(np.full((64, 64), 10**9, np.int32), 2))
    assert np.ptp(read(tmp_path / "a.tiff", 64)) == 0


@pytest.mark.parametrize(("ink", "ground"), [("white", 0), ("#f8fbff", 0), ("black", 255), ("#e0e0e0", 255)])
def test_a_drawing_on_a_transparent_ground_is_seen(ink, ground, tmp_path):
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste(ink, (16, 16, 48, 48))
    picture.save(tmp_path / "a.png")
    drawn = read(tmp_path / "a.png", 64).astype(int)
    assert (drawn[0, 0] == ground).all()
    assert np.abs(drawn[32, 32] - drawn[0, 0]).max() > 20
