"""Pictures side by side in one."""

import torch

from genai.image.encoding import tile


def test_pictures_are_set_row_by_row():
    pictures = torch.arange(6.0).view(6, 1, 1, 1) + torch.tensor([0.0, 0.5]).view(1, 2, 1, 1)
    tiled = tile(pictures.expand(6, 2, 4, 5), columns=3)
    assert tiled.shape == (2, 2 * 4, 3 * 5)
    assert tiled[0, ::4, ::5].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert torch.equal(tiled[0], tiled[0, ::4, ::5].repeat_interleave(4, 0).repeat_interleave(5, 1))
    assert torch.equal(tiled[1], tiled[0] + 0.5)
