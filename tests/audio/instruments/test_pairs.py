"""Pairs of a recording and a sound of the network: of one form, of one class, and blind."""

import base64
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from genai import audio
from genai.audio import clips
from genai.audio.instruments.pairs import RecordedModel, draw_pair
from genai.audio.page.compare import Compare
from genai.audio.sampling import AudioRequest, generate
from genai.errors import CheckpointError, ConfigError
from genai.labels import Labels
from genai.latent.requests import LatentRequest
from genai.serving.models import Registry
from genai.ui.views.inside import load_index
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("audio", audio.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


@pytest.fixture(scope="module")
def source(registry):
    judge, index = load_index("audio", "digits")
    return RecordedModel(registry.get("digits"), "digits", judge, index)


def test_a_pair_is_a_recording_and_a_sound_of_its_class_compressed_alike(source):
    pair = draw_pair(source, 3)
    recording = clips.read(source.index, "digits", [pair.row], 8192)
    assert torch.equal(pair.sounds[pair.real], recording[0])
    name = source.index.ids[pair.row].rsplit("/")[-1]
    assert name.startswith(f"{pair.label}_"), "the judge names the digit that was said"
    [made] = generate(source.model, [AudioRequest(pair.label, pair.seed)])
    assert torch.equal(pair.sounds[1 - pair.real], clips.recode(made.waveform[None], 8000, "digits")[0])


def test_a_pair_follows_from_its_seed_and_the_coin_is_fair(source):
    pairs = [draw_pair(source, seed) for seed in range(60)]
    assert torch.equal(draw_pair(source, 7).sounds, pairs[7].sounds)
    assert len({pair.row for pair in pairs}) > 50
    assert len({pair.seed for pair in pairs}) == 60
    assert min(Counter(pair.real for pair in pairs).values()) > 15  # fewer: once in 20,000 sets of pairs


def test_a_model_without_classes_has_pairs_and_other_classes_are_refused(source):
    assert replace(source, model=replace(source.model, labels=Labels(()))).class_of(source.recording(0)) is None
    two = Labels(source.model.labels.names[:2])
    with pytest.raises(ConfigError, match="other classes"):
        draw_pair(replace(source, model=replace(source.model, labels=two)), 1)
    with pytest.raises(CheckpointError, match="older version"):
        draw_pair(replace(source, index=replace(source.index, files=())), 1)


def samples(kit):
    return np.frombuffer(base64.b64decode(kit["sounds"]), "<i2").reshape(-1, kit["samples"])


def test_the_page_is_told_which_is_real_only_when_it_asks(registry, source):
    questions = Compare(registry)
    question = {"checkpoint": "digits", "seed": 3}
    answer = questions.pair(question)
    assert answer.keys() == {"sounds", "samples", "rate", "classes"}
    pair = draw_pair(source, 3)
    assert np.abs(samples(answer) - pair.sounds.clamp(-1, 1).numpy() * 32767).max() <= 0.51
    solution = questions.solution(question)
    assert (solution["real"], solution["seed"], solution["label"]) == (pair.real, pair.seed, pair.label)
    assert solution["recording"] == source.index.ids[pair.row]
    assert len(set(solution["pictures"])) == 2
    assert "CC-BY-SA" in solution["credit"]
    assert "sentence" in questions.pair({"checkpoint": "digits", "seed": -1})
    assert "sentence" in questions.pair({"checkpoint": "drums", "seed": 1}), "no recordings of its data"


def test_a_result_is_beside_its_nearest_recording(registry, source):
    answer = Compare(registry).beside({"model": "digits", "seed": 5, "label": 3})
    made, recording = samples(answer["kit"])
    row = answer["nearest"]["row"]
    assert source.index.ids[row] == answer["nearest"]["id"]
    assert np.abs(recording / 32767 - source.recording(row).numpy()).max() < 1e-4
    own = source.made(LatentRequest(3, 5)).clamp(-1, 1).numpy()
    assert np.abs(made / 32767 - own).max() < 1e-4
    assert "sentence" in Compare(registry).beside({"model": "drums", "seed": 5, "label": 0})
