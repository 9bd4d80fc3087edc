"""Examining walks, which are several results in one file: films, and sounds one after another."""

import base64
import io
from dataclasses import asdict

import pytest
import soundfile
import torch

from genai import audio, image, provenance
from genai.audio.page.walk import AudioWalk
from genai.check import examine
from genai.image.page.walk import ImageWalk
from genai.provenance import Label
from genai.serving.models import Registry


@pytest.fixture(scope="module")
def walks():
    """The files of walks that the page offers, by their ending."""
    data = {"seeds": [3, 4, 5], "label": 1, "truncation": 0.9}
    film = ImageWalk(Registry("image", image.load, device="cpu")).film
    answers = {
        kind: film({**data, "model": "calligraphy", "frames": 24, "seconds": 2, "kind": kind})
        for kind in ("webp", "mp4")
    }
    sounds = AudioWalk(Registry("audio", audio.load, device="cpu")).sounds
    answers["wav"] = sounds({**data, "model": "digits", "frames": 5})
    return {kind: base64.b64decode(answer["file"].split(",")[1]) for kind, answer in answers.items()}


def test_a_walk_is_reproduced(walks):
    kinds = {kind: examine(content).kind for kind, content in walks.items()}
    assert kinds == {"webp": "identical", "mp4": "compressed", "wav": "identical"}
    assert examine(walks["mp4"]).largest < 0.05


@pytest.mark.parametrize("kind", ["webp", "mp4", "wav"])
def test_a_walk_with_another_walks_label_is_altered(walks, kind):
    label = examine(walks[kind]).label
    other = Label(
        **{**asdict(label), "settings": {**label.settings, "walk": {**label.settings["walk"], "seeds": [3, 9]}}}
    )
    if kind == "wav":
        data, rate = soundfile.read(io.BytesIO(walks[kind]))
        content = provenance.wav(torch.from_numpy(data).float(), rate, other)
    else:
        grey = torch.zeros(24, 1, 64, 64)
        content = (provenance.webp if kind == "webp" else provenance.mp4)(list(grey), 12, other)
    assert examine(content).kind == "altered"


def test_films_that_are_broken_or_too_large(walks):
    assert examine(walks["mp4"][: len(walks["mp4"]) // 2]).kind == "unreadable"
    label = examine(walks["webp"]).label
    assert examine(provenance.mp4([torch.zeros(1, 1024, 1024)] * 2, 12, label)).kind == "unreadable"
    black_and_white = [torch.full((1, 8, 8), (-1.0) ** n) for n in range(601)]
    assert examine(provenance.webp(black_and_white, 12, label)).kind == "unreadable"
    assert examine(provenance.webp(black_and_white[:23], 12, label)).kind == "altered"  # its label says 24
