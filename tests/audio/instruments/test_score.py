"""Scores: what is read from a browser, how events are placed and faded, and their mix."""

import base64
import io
import random
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from genai import audio
from genai.audio.instruments.kit import KitItem
from genai.audio.instruments.mix import RATE, mix, transpose
from genai.audio.instruments.score import Event, Score, place_voices, read_score, to_sample
from genai.audio.page.takes import Takes
from genai.errors import ConfigError
from genai.serving.models import Registry
from tests.load.fuzz import anything
from tests.ui.tiny import save_all

KIT = [{"seed": 1, "label": 0}, {"seed": 2, "label": 1, "to": 5, "at": 0.5}]
PLAIN = {"kit": KIT, "events": [{"at": 0.5, "sound": 1}], "seconds": 2}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry("audio", audio.load, device="cpu", folder=save_all(tmp_path_factory.mktemp("checkpoints")))


@pytest.fixture(scope="module")
def drums(registry):
    return registry.get("drums")


def score(*events, seconds=2.0, **more):
    return Score([KitItem(1, 0), KitItem(2, 1)], list(events), seconds, **more)


def test_a_score_comes_out_of_its_json_again():
    full = score(Event(0.1, 0, 0.5, 2.0, 0.25, 3), Event(0.0, 1), tempo=122.5)
    assert read_score(full.as_dict()) == full
    assert full.as_dict()["events"][1] == {"at": 0.0, "sound": 1}
    assert read_score(PLAIN).as_dict() == PLAIN


@pytest.mark.parametrize(
    "change",
    [
        {"kit": []},
        {"kit": [{}] * 65},
        {"events": None},
        {"events": [{"at": 0, "sound": 0}] * 2001},
        {"events": [{"sound": 0}]},
        {"events": [{"at": 0}]},
        {"events": [7]},
        {"events": [{"at": 0, "sound": 2}]},
        {"events": [{"at": 0, "sound": True}]},
        {"events": [{"at": float("nan"), "sound": 0}]},
        {"events": [{"at": 0, "sound": 0, "gain": 1.1}]},
        {"events": [{"at": 0, "sound": 0, "gain": None}]},
        {"events": [{"at": 0, "sound": 0, "rate": 0}]},
        {"events": [{"at": 0, "sound": 0, "length": -1}]},
        {"events": [{"at": 0, "sound": 0, "group": 1.5}]},
        {"seconds": 0},
        {"seconds": 121},
        {"tempo": 0},
    ],
)
def test_a_score_that_cannot_be_is_refused(change):
    assert read_score({**PLAIN}).seconds == 2
    with pytest.raises(ConfigError):
        read_score({**PLAIN, **change})


def test_starts_are_on_the_nearest_sample_and_halves_go_up():
    assert [to_sample(n / RATE, RATE) for n in (0, 1, 1.4, 1.5, 2.5)] == [0, 1, 1, 2, 3]


def test_a_sound_cuts_its_group_and_a_length_ends_it():
    rate = 1000
    hat, other, open_hat, late, short = (
        Event(0.0, 0, group=1),
        Event(0.2, 0, group=2),
        Event(0.5, 1, group=1, length=0.1),
        Event(1.0, 0, group=1),
        Event(1.1, 0, length=0.25),
    )
    voices = {voice.event: voice for voice in place_voices(score(late, open_hat, hat, other, short), rate)}
    assert (voices[hat].end, voices[hat].fade) == (500, 5)
    assert voices[other].end is None
    assert (voices[open_hat].end, voices[open_hat].fade) == (600, 30)  # it had ended before it would be cut
    assert voices[late].end is None
    assert (voices[short].end, voices[short].fade) == (1350, 30)


def test_a_mix_is_the_sum_of_its_sounds_at_their_samples(drums):
    first, second = Event(0.1, 0, gain=0.3), Event(0.3, 1, gain=0.2, rate=1.5)
    alone = [mix(drums, score(event)).astype(int) for event in (first, second)]
    both = mix(drums, score(second, first)).astype(int)
    assert both.shape == (2 * RATE,)
    assert np.abs(both - sum(alone)).max() <= 1
    for event, samples in zip((first, second), alone, strict=True):
        start = round(event.at * RATE)
        assert not samples[:start].any()
        assert samples[start : start + 20].any()


def test_a_fade_is_a_straight_line_to_nothing(drums):
    plain = mix(drums, score(Event(0.0, 0, gain=0.9))) / 32767
    faded = mix(drums, score(Event(0.0, 0, gain=0.9, length=0.1))) / 32767
    assert np.array_equal(faded[:4410], plain[:4410])
    place = np.arange(4410, 4410 + 1323)
    assert np.abs(faded[place] - plain[place] * (1 - (place - 4410) / 1323)).max() < 1 / 32767
    assert not faded[4410 + 1323 :].any()
    cut = mix(drums, score(Event(0.0, 0, gain=0.9, group=1), Event(0.1, 1, gain=0.0, group=1))) / 32767
    place = np.arange(4410, 4410 + 221)
    assert np.abs(cut[place] - plain[place] * (1 - (place - 4410) / 220.5)).max() < 1 / 32767
    assert not cut[4410 + 221 :].any()


def test_a_mix_that_is_too_loud_is_turned_down_as_a_whole(drums):
    once, many = (mix(drums, score(*[Event(0.0, 0)] * n, Event(1.0, 1))).astype(float) for n in (1, 1500))
    assert np.abs(many).max() == 32767
    loud = slice(0, RATE // 2)
    factor = 32767 / (1500 * np.abs(once[loud]).max())
    assert factor < 1
    assert np.abs(many[RATE:] - once[RATE:] * factor).max() < 2, "what is alone is turned down too"


def test_a_sound_an_octave_higher_has_half_the_samples():
    wave = np.sin(2 * np.pi * 500 * np.arange(8000) / 16000)
    for rate, hertz in ((1, 500), (2, 1000), (0.5, 250)):
        heard = transpose(wave, 16000, rate)
        assert len(heard) == pytest.approx(0.5 * RATE / rate, abs=1)
        peak = np.abs(np.fft.rfft(heard)).argmax() * RATE / len(heard)
        assert peak == pytest.approx(hertz, abs=2)


def test_equal_scores_give_equal_files(registry):
    takes = Takes(registry)
    events = [{"at": n / 7, "sound": n % 2, "rate": 1 + n % 3 / 2, "group": n % 2} for n in range(10)]
    question = {**PLAIN, "checkpoint": "drums", "events": events}
    answers = [takes.score_wav(question), takes.score_wav({**question, "events": events[::-1]})]
    files = [base64.b64decode(answer["file"].split(",")[1]) for answer in answers]
    sounds = [soundfile.read(io.BytesIO(file), dtype="int16") for file in files]
    assert np.array_equal(sounds[0][0], sounds[1][0]), "the order of events plays no part"
    assert sounds[0][1] == RATE
    assert answers[0]["name"] == "drums-mix.wav"
    assert takes.score_wav(question) == answers[0]


def test_all_scores_are_answered_with_a_file_or_a_sentence(registry):
    takes, dice = Takes(registry), random.Random(3)
    names = ("checkpoint", "kit", "events", "seconds", "tempo")
    fields = ("at", "sound", "gain", "rate", "length", "group")
    base = {**PLAIN, "checkpoint": "drums"}
    refused = made = 0
    for _ in range(300):
        question = {**base, dice.choice(names): anything(dice)} if dice.random() < 0.5 else {**base}
        event = {"at": dice.random(), "sound": 0, dice.choice(fields): anything(dice)}
        if dice.random() < 0.7:
            question["events"] = [event]
        for ask in (takes.score_wav, takes.score_midi):
            answer = ask(question if dice.random() < 0.9 else anything(dice))
            if "sentence" in answer:
                refused += 1
                assert "bug" not in answer["sentence"]["en"].lower(), question
            else:
                made += 1
    assert min(refused, made) > 50


def test_limits_are_told_in_both_languages(registry):
    answer = Takes(registry).score_wav({**PLAIN, "checkpoint": "drums", "seconds": 500})
    assert answer["sentence"]["en"].startswith("Seconds 500 cannot be used")
    assert answer["sentence"]["zh-CN"].startswith("秒数不能是 500")


def test_a_voice_of_a_group_is_cut_by_the_next_in_time():
    events = [Event(n / 10, 0, group=7) for n in range(5)]
    voices = place_voices(score(*events), 1000)
    assert all(before.end == after.start for before, after in pairwise(voices))
    assert voices[-1].end is None
