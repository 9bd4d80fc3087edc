"""Contact sheets: what stands where."""

import numpy as np
import pytest
import torch
from PIL import Image

from genai import image
from genai.errors import ConfigError
from genai.labels import Labels
from genai.publishing.contact_sheet import COLUMNS, GAP, main, rows, spectrogram


def test_rows_are_the_classes_evenly_spread_or_none():
    names = Labels(tuple({"en": str(n), "zh-CN": str(n)} for n in range(49)))
    assert rows(Labels(names.names[:3])) == [0, 1, 2]
    spread = rows(names)
    assert (spread[0], spread[-1], len(spread)) == (0, 48, 10)
    assert set(np.diff(spread)) == {5, 6}
    assert rows(Labels(())) == [None] * 6


def test_a_tone_is_a_bright_line_at_its_height():
    time = torch.arange(8192) / 8000
    picture = spectrogram(torch.sin(2 * torch.pi * 1000 * time)).astype(int).sum(axis=2)
    assert picture.shape == (64, 64)
    assert (picture[:, 2:-2].argmax(axis=0) == 63 - 16).all()  # 1000 of 4000 Hz, from below
    assert picture[10].mean() < picture[47].mean() / 3


def test_every_tile_is_the_picture_of_its_class_and_seed(tmp_path):
    main("image/fashion", tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape == (10 * (32 + GAP) - GAP, COLUMNS * (32 + GAP) - GAP, 3)
    drawn = image.generate(image.load("fashion", "cpu"), [image.ImageRequest(7, seed=4)])[0].image
    tile = sheet[7 * 34 : 7 * 34 + 32, 4 * 34 : 4 * 34 + 32, 0] / 127.5 - 1
    assert tile == pytest.approx(drawn[0].numpy(), abs=0.02)


@pytest.mark.parametrize("name", ["fashion", "text/tang", "image/"])
def test_what_makes_no_pictures_or_sounds_is_refused(name, tmp_path):
    with pytest.raises(ConfigError, match="image/fashion"):
        main(name, tmp_path / "sheet.png")
