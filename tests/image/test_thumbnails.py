"""The thumbnails of the index: of the right picture, and close to it."""

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from genai.image.thumbnails import (
    FAST_SPEED,
    FRAMES,
    add_thumbnails,
    decode,
    decode_rows,
    encode,
    recode,
    similarity_order,
)
from genai.quality.nearest import NearestIndex
from genai.seeds import make_rng

TWO_FILES = (3, 64, 16 * FRAMES + 3)
"""Channels, side in pixels, and so many pictures that the second file has three."""


def smooth_pictures(count, channels, side, stream=0):
    """Pictures that differ, without the noise that no codec keeps."""
    coarse = torch.rand(count, channels, 3, 3, generator=make_rng(0, stream))
    return (F.interpolate(coarse, side, mode="bicubic").clamp(0, 1) * 255).to(torch.uint8)


def distances(picture, others):
    """Root mean square distance in levels from a picture (S, S, 3) to each of others (N, C, S, S): (N,)."""
    own = torch.from_numpy(picture.copy()).permute(2, 0, 1).float()
    return (others.float() - own).square().flatten(1).mean(dim=1).sqrt()


@cache
def encoded(count, channels, side):
    """Pictures and their files, which several tests read."""
    pictures = smooth_pictures(count, channels, side)
    return pictures, encode(pictures, speed=FAST_SPEED)  # the shipped speed takes four times as long


@pytest.mark.parametrize(("channels", "side", "count"), [(1, 32, 70), (3, 64, 70), TWO_FILES])
def test_each_thumbnail_is_closest_to_its_own_picture(channels, side, count):
    pictures, files = encoded(count, channels, side)
    assert len(files) == -(-count // ((256 // side) ** 2 * FRAMES))
    for row in (0, 1, FRAMES - 1, FRAMES, count - 1):
        thumbnail = decode(files, side, row)
        assert (thumbnail.shape, thumbnail.dtype) == ((side, side, 3), np.uint8)
        away = distances(thumbnail, pictures)
        assert away.argmin() == row
        assert away[row] < 16


def test_a_row_that_is_in_no_file():
    with pytest.raises(IndexError):
        decode(encode(smooth_pictures(3, 1, 32)), 32, 64 * FRAMES)


def test_the_order_has_every_row_once_and_alike_ones_together():
    families = smooth_pictures(4, 1, 32)
    pictures = families.repeat_interleave(FRAMES, dim=0)
    noise = torch.randint(0, 9, pictures.shape, generator=make_rng(1))
    shuffled = torch.randperm(len(pictures), generator=make_rng(2))
    order = similarity_order((pictures.int() + noise).clamp(max=255).to(torch.uint8)[shuffled])
    assert order.sort().values.tolist() == list(range(len(pictures)))
    family = (shuffled // FRAMES)[order].view(4, FRAMES)
    assert (family == family[:, :1]).all()


def test_names_and_features_keep_to_their_pictures():
    pictures = smooth_pictures(130, 1, 64)
    ids = [str(n) for n in range(130)]
    embeddings = torch.arange(130, dtype=torch.int8)[:, None].expand(130, 64)
    plain = NearestIndex(ids, embeddings, torch.zeros(64), torch.ones(64), torch.zeros(101))
    index = add_thumbnails(plain, pictures, "my own")
    assert sorted(index.ids, key=int) == ids
    assert list(index.ids) != ids
    small = F.avg_pool2d(pictures.float(), 2)
    for row in (0, 5, 129):
        assert index.ids[row] == str(index.embeddings[row, 0].item() % 256)
        assert distances(decode(index.files, 32, row), small).argmin() == int(index.ids[row])


def test_many_rows_at_once_are_the_same_as_one_by_one():
    channels, side, count = TWO_FILES
    _, files = encoded(count, channels, side)
    rows = [16 * FRAMES + 1, 5, 4, FRAMES + 5, 5]
    assert np.array_equal(decode_rows(files, 64, rows), np.stack([decode(files, 64, row) for row in rows]))


def test_recoded_pictures_are_close_to_themselves_in_their_order():
    pictures = smooth_pictures(70, 1, 64)
    recoded = recode(pictures, 32)
    assert recoded.shape == (70, 1, 32, 32)
    small = F.avg_pool2d(pictures.float(), 2)
    away = (recoded.float()[:, None] - small).square().flatten(2).mean(dim=2).sqrt()
    assert away.argmin(dim=1).tolist() == list(range(70))
    assert away.diagonal().max() < 16
