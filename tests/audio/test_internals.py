"""The trace of a sound, against the networks called one by one."""

from dataclasses import replace

import pytest
import torch

from genai import audio
from genai.audio.internals import SLICES, score_drops
from genai.audio.page.renderer import RENDERER, upright
from genai.audio.sampling import AudioRequest, generate
from genai.gan.internals import look_inside
from genai.serving.models import Registry
from genai.ui.views.inside import InsideQuestions


@pytest.fixture(scope="module")
def model():
    return audio.load("digits", "cpu")


def test_the_last_layer_is_the_sound(model):
    exact = replace(model, forward=None)  # in float32 on every machine
    [result] = generate(exact, [AudioRequest(3, seed=5)])
    [trace] = look_inside(model, [result])
    assert torch.equal(trace.item, result.waveform)
    assert len(trace.generator_maps) == model.network.depth - 1
    raw = model.network.fade(model.network.to_waveform(trace.generator_maps[-1][None]))[0]
    waveform = result.waveform  # turned down where it was too loud
    torch.testing.assert_close(raw * (waveform.abs().max() / raw.abs().max()), waveform, rtol=0, atol=1e-4)


def test_a_layer_alone_is_that_of_all(model):
    results = generate(model, [AudioRequest(3, seed=5)])
    [alone], [whole] = look_inside(model, results, only=3), look_inside(model, results)
    assert len(alone.generator_maps) == 1
    assert torch.equal(alone.generator_maps[0], whole.generator_maps[3])
    assert alone.score == whole.score


def test_the_score_is_the_mean_of_the_logits_and_parts_are_silenced_one_by_one(model):
    results = generate(model, [AudioRequest(3, seed=5)])
    [trace] = look_inside(model, results)
    wave = trace.item[None]
    label = torch.tensor([model.labels.condition(results[0].label, results[0].variant)])
    score = torch.stack(model.discriminator(wave, label)).mean().item()
    assert trace.score == pytest.approx(score, abs=1e-4)
    assert len(trace.discriminator_maps) == len(model.discriminator.judges)
    quiet, length = wave.clone(), wave.shape[1] // SLICES
    quiet[:, 4 * length : 5 * length] = 0
    fallen = score - torch.stack(model.discriminator(quiet, label)).mean().item()
    assert score_drops(model, trace)[4].item() == pytest.approx(fallen, abs=1e-4)
    assert score_drops(model, trace).abs().max() > 0.01


def test_the_tab_tells_it(model):
    ask = InsideQuestions(Registry("audio", audio.load, device="cpu"), RENDERER).inside
    answer = ask({"model": "digits", "label": 3, "seed": 5, "truncation": 1.0})
    assert len(answer["moved"]) == SLICES
    assert answer["nearest"]["id"].startswith("recordings/")
    assert len(answer["judged"]) == 4
    assert [sheet["shape"] for sheet in answer["drawn"]][-1] == [256, 64]
    assert "digits" in ask({"model": "x"})["sentence"]["en"]


def test_high_frequencies_are_above():
    maps = torch.arange(6.0).view(1, 3, 2)
    assert upright(maps)[0, 0].tolist() == [4, 5]
    assert torch.equal(upright(maps[0]), maps[0])
