"""Files that leave: what they hold, and that they are the same every time."""

import io
import json

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from genai import provenance

FACTS = {"model": "fashion", "seed": 7, "label": "运动鞋"}


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_png_holds_the_picture_and_its_origin(channels, mode):
    image = torch.linspace(-1, 1, channels * 64).view(channels, 8, 8)
    read = Image.open(io.BytesIO(provenance.png(image, FACTS)))
    assert (read.mode, read.size) == (mode, (8, 8))
    levels = np.asarray(read).astype(float) / 127.5 - 1
    expected = image.permute(1, 2, 0).numpy().squeeze()
    assert np.abs(levels - expected).max() <= 0.5 / 127.5 + 1e-6
    assert json.loads(read.text["genai"]) == FACTS
    assert "machine" in read.text["Comment"]


def test_a_wav_holds_the_sound_and_its_origin():
    sound = torch.linspace(-1, 1, 801)
    with soundfile.SoundFile(io.BytesIO(provenance.wav(sound, 8000, FACTS))) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "PCM_16")
        assert json.loads(file.comment.split(") ", 1)[1]) == FACTS
        assert np.abs(file.read() - sound.numpy()).max() < 1e-4


def test_the_same_gives_the_same_bytes():
    image, sound = torch.zeros(1, 4, 4), torch.zeros(100)
    assert provenance.png(image, FACTS) == provenance.png(image.clone(), dict(reversed(FACTS.items())))
    assert provenance.wav(sound, 8000, FACTS) == provenance.wav(sound.clone(), 8000, FACTS)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_loud_values_are_held_at_full_scale_and_never_wrap(values):
    pcm = provenance.to_pcm(torch.tensor(values)).astype(int)
    for value, number in zip(values, pcm, strict=True):
        assert (
            number == round(max(-1.0, min(1.0, torch.tensor(value).item())) * 32767)
            or abs(number - max(-1.0, min(1.0, value)) * 32767) <= 0.51
        )
