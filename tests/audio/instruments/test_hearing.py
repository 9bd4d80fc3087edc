"""What the judges hear in a recording."""

import numpy as np
import pytest

from genai import audio, checkpoint
from genai.audio.instruments.hearing import MOST_SECONDS
from genai.audio.page.instruments import Instruments
from genai.audio.recordings import RATE
from genai.serving.models import Registry
from tests.audio.instruments.spoken import encoded, recording, tones
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = save_all(tmp_path_factory.mktemp("checkpoints"))
    own = folder / "audio" / "own.safetensors"
    own.write_bytes((folder / "audio" / "digits.safetensors").read_bytes())
    checkpoint.update_header(own, data_set="own")
    other = folder / "audio" / "other.safetensors"
    other.write_bytes(own.read_bytes())
    digits = checkpoint.read_header(folder / "audio" / "digits.safetensors")
    checkpoint.update_header(other, data_set="digits", classes=[*reversed(digits.classes)])
    return Instruments(Registry("audio", audio.load, device="cpu", folder=folder))


def heard(questions, samples, model="digits"):
    return questions.heard({"checkpoint": model, "sound": encoded(samples)})


def test_digits_that_people_said_are_named_where_they_are(questions):
    digits = [7, 0, 3, 9, 4]
    wave = recording(*digits)
    answer = heard(questions, wave)
    assert answer["more"] == 0
    assert [piece["odds"][0]["label"] for piece in answer["heard"]] == digits
    end = 0.0
    for piece in answer["heard"]:
        shares = [guess["share"] for guess in piece["odds"]]
        assert shares == sorted(shares, reverse=True)
        assert len(shares) == 3
        assert 0.5 < sum(shares) <= 1.0001
        assert end < piece["start"] < piece["end"] <= len(wave) / RATE
        end = piece["end"]


def test_a_digit_has_the_same_odds_alone_and_among_others_loud_and_soft(questions):
    [alone] = heard(questions, recording(7))["heard"]
    [soft] = heard(questions, recording(7) // 8)["heard"]
    last = heard(questions, recording(1, 2, 7))["heard"][2]
    for other, tolerance in ((last, 1e-4), (soft, 0.05)):
        assert other["odds"][0]["label"] == 7
        assert other["odds"][0]["share"] == pytest.approx(alone["odds"][0]["share"], abs=tolerance)


def test_twelve_sounds_are_named_and_the_others_counted(questions):
    answer = heard(questions, tones(14))
    assert len(answer["heard"]) == 12
    assert answer["more"] == 2


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        (None, "did not arrive whole"),
        ("%%%", "did not arrive whole"),
        ("AAAA", "at most 10 s"),  # three bytes are no samples of 16 bits
        ("A" * 2_000_000, "too large"),
        (encoded(np.zeros(MOST_SECONDS * RATE + 1, "<i2")), "at most 10 s"),
        (encoded(np.zeros(RATE, "<i2")), "silent"),
        ("", "silent"),
    ],
)
def test_what_cannot_be_heard_is_refused_by_a_sentence(questions, sound, sentence):
    answer = questions.heard({"checkpoint": "digits", "sound": sound})
    assert sentence in answer["sentence"]["en"]
    assert answer["sentence"]["zh-CN"] != answer["sentence"]["en"]


def test_a_model_whose_data_has_no_judge_is_not_listened_for(questions):
    for model, sentence in (("own", "no judge here"), ("other", "know other classes")):
        assert questions.instruments({"checkpoint": model})["errs"] is None
        assert sentence in heard(questions, recording(7), model)["sentence"]["en"]


def test_how_often_the_judges_are_right_is_what_their_files_say(questions):
    errs = questions.instruments({"checkpoint": "digits"})["errs"]
    judges = checkpoint.SHIPPED / "judges" / "audio"
    for kind in ("pooled", "strided"):
        accuracy = checkpoint.read_header(judges / f"digits-{kind}.safetensors").metrics["accuracy"]
        for language in ("en", "zh-CN"):
            assert f"{accuracy['value'] * 100:.1f}" in errs[language]
            assert str(accuracy["n"]) in errs[language]
    assert questions.instruments({"checkpoint": "drums"})["errs"] is None
