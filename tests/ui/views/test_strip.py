"""What the strip shows of a picture and a sound, against the networks asked directly."""

import base64
import io
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from genai import audio, image
from genai.audio.page.renderer import RENDERER as SOUNDS
from genai.gan.internals import GeneratorTrace
from genai.image.page.renderer import RENDERER as PICTURES
from genai.seeds import make_rng
from genai.serving.models import Registry
from genai.ui.views import strip
from genai.ui.views.inside import InsideQuestions, sheet
from genai.ui.views.strip import LayerStrip, middle, strips
from tests.ui.tiny import save_all


def pixels(answer):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["source"].split(",")[1]))))


@pytest.mark.parametrize(
    ("modality", "name", "load", "renderer"),
    [("image", "fashion", image.load, PICTURES), ("audio", "digits", audio.load, SOUNDS)],
)
def test_it_tells_the_noise_the_maps_and_the_score(modality, name, load, renderer):
    registry = Registry(modality, load, device="cpu")
    data = {"model": name, "label": 3, "seed": 5, "truncation": 0.5}
    answer = LayerStrip(registry, renderer).strip(data)
    z = torch.randn(100, generator=make_rng(5)) * 0.5
    assert (answer["noise"]["low"], answer["noise"]["high"]) == pytest.approx((z.min().item(), z.max().item()))
    assert pixels(answer["noise"]).flatten().argmax() == z.argmax().item()
    logit = InsideQuestions(registry, renderer).inside(data)["score"]["logit"]
    assert answer["score"]["logit"] == pytest.approx(logit, abs=1e-5)
    scores = registry.header(name).scores["real"]
    below = sum(score < logit for score in scores) / len(scores)
    assert answer["score"]["place"]["real"] == pytest.approx(below, abs=0.011)
    assert (answer["drawn"]["count"], answer["judged"]["count"]) == (9, 9)
    for sheet_answer in (answer["drawn"], answer["judged"]):
        assert sheet_answer["high"] > sheet_answer["low"]


def test_without_a_discriminator_there_is_no_score(tmp_path):
    registry = Registry("image", image.load, device="cpu", folder=save_all(tmp_path))
    answer = LayerStrip(registry, PICTURES).strip({"model": "fashion", "label": 1, "seed": 3, "truncation": 1.0})
    assert (answer["score"], answer["judged"]) == (None, None)
    assert answer["noise"]["shape"] == [1, 10]  # eight numbers and two for the middle of the noise


def test_a_mistake_is_answered_by_a_sentence():
    registry = Registry("image", image.load, device="cpu")
    ask = LayerStrip(registry, PICTURES).strip
    for bad in ({"model": "x"}, {"model": "fashion", "seed": -1}, {"model": "fashion", "label": "hat"}):
        assert {"en", "zh-CN"} == ask(bad)["sentence"].keys()


def test_the_layer_in_the_middle():
    layers = [torch.full((1, 1, 1), float(n)) for n in range(5)]
    assert sheet(middle(layers))["low"] == 2
    assert middle(layers[:2]).item() == 1


def test_results_are_looked_at_in_few_sizes_and_told_in_their_order(monkeypatch):
    groups = []

    def look(_, results, layer):
        assert layer == 2
        groups.append(list(results))
        maps = [torch.zeros(1, 2, 2)]
        return [GeneratorTrace(torch.full((100,), float(n)), None, maps, maps[0], [], float(n)) for n in results]

    monkeypatch.setattr(strip, "look_inside", look)
    answer = strips(PICTURES, SimpleNamespace(header=None, network=SimpleNamespace(depth=5)), range(26))
    assert [one["score"]["logit"] for one in answer] == list(range(26))
    assert [len(group) for group in groups] == [16, 4, 4, 1, 1]
