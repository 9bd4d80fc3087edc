"""Sheets of feature maps."""

import base64
import io

import numpy as np
import torch
from PIL import Image

from genai.ui.views.inside import sheet


def test_a_sheet_holds_every_map_at_its_place_with_the_range():
    maps = torch.arange(10.0).view(10, 1, 1).expand(10, 4, 4) - 3
    answer = sheet(maps)
    assert (answer["count"], answer["shape"], answer["low"], answer["high"]) == (10, [4, 4], -3, 6)
    grid = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["source"].split(",")[1]))))
    assert grid.shape == (12, 16)
    assert grid[::4, ::4].flatten()[:10].tolist() == [n * 255 // 9 for n in range(10)]
    assert sheet(torch.zeros(100, 2, 2))["count"] == 100


def test_signals_are_rows():
    answer = sheet(torch.arange(12.0).view(3, 4))
    grid = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["source"].split(",")[1]))))
    assert grid.tolist() == [[n * 255 // 11 for n in range(4 * row, 4 * row + 4)] for row in range(3)]
    assert (answer["count"], answer["shape"]) == (3, [4])
