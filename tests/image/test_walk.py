"""Walks between seeds, and the films made of them."""

import io
import itertools
import json

import av
import numpy as np
import pytest
import torch
from PIL import Image

from genai import image, provenance
from genai.errors import ConfigError
from genai.image.sampling import ImageRequest, generate
from genai.image.walk import walk
from genai.latent.walk import WalkRequest
from genai.provenance import Label

LABEL = Label("image", "characters", "00ff", {"seeds": [3, 8], "frames": 12})


@pytest.fixture(scope="module")
def model():
    return image.load("fashion", "cpu")


def test_a_walk_passes_through_the_pictures_of_its_seeds(model):
    pictures = list(walk(model, WalkRequest([3, 8], frames=41, label=7, loop=False)))
    assert len(pictures) == 41
    for place, seed in ((0, 3), (40, 8)):
        torch.testing.assert_close(
            pictures[place], generate(model, [ImageRequest(7, seed)])[0].image, atol=1e-4, rtol=0
        )
    steps = torch.stack([(b - a).abs().mean() for a, b in itertools.pairwise(pictures)])
    whole = (pictures[-1] - pictures[0]).abs().mean()
    assert steps.max() < whole / 2  # no jump on the way


def test_the_label_is_the_same_all_along(model):
    free = WalkRequest([3, 8], frames=2, loop=False)
    first = next(iter(walk(model, free)))
    expected = generate(model, [ImageRequest("any", 3)])[0]
    torch.testing.assert_close(first, expected.image, atol=1e-4, rtol=0)
    again = list(walk(model, WalkRequest([3, 8], frames=2, label=expected.label, loop=False)))
    assert torch.equal(torch.stack(again), torch.stack(list(walk(model, free))))


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"seeds": [3]}, "Seeds 1"), ({"seeds": list(range(9))}, "Seeds 9"), ({"seeds": [3, -1]}, "Seed"),
     ({"seeds": [3, 8], "frames": 601}, "Frames 601"), ({"seeds": [3, 8], "truncation": 2}, "Truncation 2")],
)  # fmt: skip
def test_what_cannot_be_walked_is_refused(settings, says):
    with pytest.raises(ConfigError, match=says):
        WalkRequest(**settings)


def pictures(count=12, side=32):
    rng = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, 3, 4, 4, generator=rng) * 2 - 1
    return list(torch.nn.functional.interpolate(coarse, side))


def test_a_webp_holds_every_picture_and_its_label():
    originals = pictures()
    film = provenance.webp(originals, 20, LABEL)
    with Image.open(io.BytesIO(film)) as read:
        assert (read.n_frames, read.info["loop"]) == (12, 0)
        assert LABEL.json() in read.info["xmp"].decode()  # no sign in it that XML would have to escape
        for place, picture in enumerate(originals):
            read.seek(place)
            read.load()
            assert read.info["duration"] == 50
            assert np.array_equal(np.asarray(read.convert("RGB"))[8::16, 8::16], provenance.to_uint8(picture))
            assert read.size == (512, 512)


def test_an_mp4_holds_every_picture_and_its_label():
    originals = pictures()
    film = provenance.mp4(originals, 25, LABEL)
    assert film == provenance.mp4(originals, 25, LABEL)
    with av.open(io.BytesIO(film)) as read:
        stream = read.streams.video[0]
        assert (stream.average_rate, stream.width, stream.codec_context.name) == (25, 512, "h264")
        comment = read.metadata["comment"]
        frames = [frame.to_ndarray(format="rgb24")[8::16, 8::16] for frame in read.decode(stream)]
    assert provenance.parse(comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0]) == LABEL
    assert json.loads(comment.rpartition(" AIGC: ")[2])["Label"] == "1"
    assert len(frames) == 12
    for frame, picture in zip(frames, originals, strict=True):
        assert np.abs(frame.astype(int) - provenance.to_uint8(picture)).mean() < 12
