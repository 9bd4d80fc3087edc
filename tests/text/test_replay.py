"""Whether some dice could have written a text."""

from dataclasses import replace

import pytest
import torch

from genai import text
from genai.seeds import make_rng
from genai.text.decoding.gpu_step import GpuStep
from genai.text.decoding.loop import GpuLoop
from genai.text.decoding.odds import SamplingDistribution
from genai.text.replay import could_draw, could_write

SETTINGS = [
    {"temperature": 0.8},
    {"temperature": 0.0},
    {"temperature": 1.2, "top_k": 5},
    {"top_p": 0.8},
    {"typical_p": 0.6},
]
EXACT, HALF = 1e-4, 5e-3


@pytest.fixture(scope="module")
def model():
    return text.load("tang", "cpu")


@pytest.fixture(scope="module")
def halved():
    """The same model as a GPU writes by it, its state in float16."""
    model = text.load("tang", "cpu")
    object.__setattr__(model, "loop", GpuLoop(GpuStep(model.network)))
    return model


def requests(count):
    return [text.TextRequest("春", length=100, seed=n, **SETTINGS[n % len(SETTINGS)]) for n in range(count)]


def test_dice_could_write_what_they_wrote(model):
    for request, result in zip(requests(8), text.generate(model, requests(8)), strict=True):
        assert could_write(model, request, result.text, EXACT)
        assert could_write(model, request, result.text[:30], EXACT)  # stopped
        assert could_write(model, request, "", EXACT)


@pytest.mark.parametrize("settings", [{"top_p": 0.8}, {"typical_p": 0.4, "temperature": 0.5}, {"top_k": 5}])
def test_an_error_of_the_logits_may_move_a_character_into_what_is_drawn_from_or_out_of_it(settings):
    """Drawn from logits that are wrong by a twentieth of the tolerance. Without slack where the kept ones end,
    one character in a few thousand seems impossible, and so does every long text.
    """
    count = 20_000
    logits = 2 * torch.randn(count, 200, generator=make_rng(0))
    wrong = logits + HALF / 20 * torch.randn(count, 200, generator=make_rng(1))
    uniforms = torch.rand(count, generator=make_rng(2), dtype=torch.float64)
    request = text.TextRequest(**settings)
    drawn = SamplingDistribution.of([request]).sample(wrong, uniforms[:, None])
    assert could_draw(request, logits, drawn, uniforms, HALF)
    assert not could_draw(request, logits, drawn, uniforms.roll(1), HALF)


def test_they_could_not_write_another_text(model):
    for request, result in zip(requests(8), text.generate(model, requests(8)), strict=True):
        other = "月" if result.text[50] != "月" else "日"
        assert not could_write(model, request, result.text[:50] + other + result.text[51:], HALF)
        if request.temperature > 0:  # at 0 no dice are thrown
            assert not could_write(model, replace(request, seed=99), result.text, HALF)


def test_a_character_that_the_model_does_not_know_is_never_written(model):
    assert not could_write(model, requests(1)[0], "春😀", 1.0)


def test_in_float16_other_texts_come_of_the_same_dice_and_are_known_by_the_odds(model, halved):
    assert (model.precision, halved.precision) == ("float32", "float16")
    asked = [replace(request, length=250) for request in requests(8)]
    here, there = text.generate(model, asked), text.generate(halved, asked)
    assert any(one.text != other.text for one, other in zip(here, there, strict=True))
    for request, result in zip(asked, there, strict=True):
        assert could_write(model, request, result.text, HALF)
    pairs = zip(asked, there, strict=True)
    assert not all(could_write(model, request, result.text, EXACT) for request, result in pairs)
