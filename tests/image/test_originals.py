"""One training picture, against the same one in the whole data set."""

import gzip

import numpy as np
import pytest
import torch

from genai.errors import DataError
from genai.image import data
from genai.image.originals import original
from genai.image.sources import peeps


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The three named sets, small, in the place of the public sources."""
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    rng = np.random.default_rng(0)
    for name in ("fashion", "characters", "calligraphy"):
        (tmp_path / "image" / name).mkdir(parents=True)
    for part, count in (("train", 9), ("t10k", 3)):
        header = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (count, 28, 28))
        pixels = header + rng.integers(0, 256, count * 28 * 28, np.uint8).tobytes()
        labels = b"\0\0\x08\x01" + count.to_bytes(4, "big") + bytes(count)
        for kind, content in (("images-idx3", pixels), ("labels-idx1", labels)):
            (tmp_path / f"image/fashion/{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(content))
    np.savez_compressed(tmp_path / "image/characters/open-peeps-64.npz",
                        images=rng.integers(0, 256, (30, 64, 64, 3), np.uint8),
                        parts=np.zeros((30, len(peeps.PARTS)), np.uint8))  # fmt: skip
    codes = np.tile(np.arange(0x4E00, 0x4E14, dtype=np.uint16), 3)
    np.savez_compressed(tmp_path / "image/calligraphy/calligraphy-64.npz", codepoint=codes,
                        images=rng.integers(0, 256, (60, 64, 64), np.uint8),
                        font=np.repeat(np.arange(3, dtype=np.uint8), 20))  # fmt: skip
    return tmp_path / "image"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("name", "size"), [("fashion", 32), ("characters", 64), ("calligraphy", 64)])
def test_each_picture_is_that_of_its_row_in_the_whole_set(name, size):
    pictures = data.load(name, size)
    assert len(pictures.train) > 5
    for picture, own in zip(pictures.train, pictures.train_ids, strict=True):
        assert torch.equal(torch.from_numpy(original(name, own).copy()).permute(2, 0, 1), picture)


def test_where_the_data_is_not_there_is_none_and_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path / "cache"))
    for name in ("fashion", "characters", "calligraphy", "my own"):
        assert original(name, "0") is None
    assert not (tmp_path / "cache").exists()


def test_broken_data_is_named(here):
    (here / "characters/open-peeps-64.npz").write_bytes(b"no archive")
    (here / "fashion/train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"short"))
    for name in ("characters", "fashion"):
        with pytest.raises(DataError, match=f"{name}.* is broken"):
            original(name, "3")
