"""Walks between sounds."""

import base64
import io

import numpy as np
import pytest
import soundfile
import torch

from genai import audio, provenance
from genai.audio.page.walk import AudioWalk
from genai.audio.sampling import AudioRequest, generate
from genai.audio.walk import walk
from genai.errors import ConfigError
from genai.latent.walk import WalkRequest
from genai.serving.models import Registry
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("audio", audio.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


def test_a_walk_begins_and_ends_with_the_sounds_of_its_seeds(registry):
    model = registry.get("digits")
    waves = walk(model, WalkRequest([3, 8], frames=5, label=7, loop=False, variant="Ben"))
    for place, seed in ((0, 3), (4, 8)):
        waveform = generate(model, [AudioRequest(7, seed, variant="Ben")])[0].waveform
        torch.testing.assert_close(waves[place], waveform, atol=1e-4, rtol=0)
    assert waves.abs().max() <= 0.98 + 1e-6
    with pytest.raises(ConfigError, match="Frames 33"):
        walk(model, WalkRequest([3, 8], frames=33))


def test_a_walk_has_the_variant_of_its_first_seed(registry):
    model = registry.get("digits")
    chosen = [generate(model, [AudioRequest(7, seed)])[0].variant for seed in range(8)]
    seeds = [chosen.index(0), chosen.index(1)]
    waves = walk(model, WalkRequest(seeds, frames=2, label=7, loop=False))
    asked = walk(model, WalkRequest(seeds, frames=2, label=7, loop=False, variant=0))
    assert torch.equal(waves, asked)


ASKED = {"model": "drums", "seeds": [1, 2, 5], "frames": 4, "label": 1, "truncation": 1.0, "loop": False}


def test_all_sounds_make_one_labelled_wav(registry):
    answer = AudioWalk(registry).sounds(ASKED)
    content = base64.b64decode(answer["file"].split(",")[1])
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        comment, samples = file.comment, file.read()
    label = provenance.parse(comment.partition(" genai: ")[2].rpartition(" AIGC: ")[0])
    assert label.settings["walk"]["seeds"] == [1, 2, 5]
    waves = walk(registry.get("drums"), WalkRequest([1, 2, 5], 4, 1, loop=False))
    assert np.abs(samples - waves.flatten().numpy()).max() < 1e-4
    assert len(answer["sounds"]) == 4
    assert answer["name"] == "drums-walk-1-2-5.wav"


@pytest.mark.parametrize("wrong", [{"seeds": "1, 2"}, {"seeds": [1]}, {"frames": 33}, {"label": 9}, {"model": "x"}])
def test_a_bad_question_is_answered_by_a_sentence(registry, wrong):
    assert {"en", "zh-CN"} == AudioWalk(registry).sounds({**ASKED, **wrong})["sentence"].keys()
