"""A model's card."""

import re
from dataclasses import replace

import pytest

from genai import audio, checkpoint, image, text
from genai.language.strings import both
from genai.serving.models import Registry
from genai.ui.panel.controls import titles
from genai.ui.views.card import PHRASES, card
from genai.ui.views.training_history import training_history
from tests.ui.tiny import save_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("card"))


def _card(folder):
    return card(Registry("image", image.load, folder=folder), "fashion")


def test_it_tells_data_licence_thanks_and_size(folder):
    shown = _card(folder)
    assert shown["licence"] == {"en": "CC0-1.0", "zh-CN": "CC0-1.0"}
    assert shown["credit"] == "nobody: random weights"
    assert shown["problems"] == []
    megabytes = (folder / "image" / "fashion.safetensors").stat().st_size / 1e6
    assert f"{megabytes:.1f}" in shown["size"]["en"]


def test_the_public_domain_has_a_name_in_each_language(folder):
    path = folder / "image" / "fashion.safetensors"
    header, tensors = checkpoint.load(path, "image")
    checkpoint.save(path, replace(header, licence="public domain"), tensors)
    assert _card(folder)["licence"] == {"en": "public domain", "zh-CN": "公有领域"}


@pytest.mark.parametrize("modality", ["text", "image", "audio"])
def test_each_shipped_licence_is_a_name_or_said_in_both_languages(modality):
    for entry in checkpoint.available(modality):
        licence = entry.header.licence
        if not re.fullmatch(r"[\w.-]+( AND [\w.-]+)*", licence):
            said = both(PHRASES[licence])
            assert said["en"] == licence
            assert not said["zh-CN"].isascii()


def test_a_broken_neighbour_is_told_and_the_card_still_shown(folder):
    (folder / "image" / "broken.safetensors").write_bytes(b"x")
    shown = _card(folder)
    assert "broken.safetensors" in shown["problems"][0]["en"]
    assert shown["data"]


def test_models_of_one_title_are_told_apart_by_their_files(folder):
    (folder / "image/again.safetensors").write_bytes((folder / "image/fashion.safetensors").read_bytes())
    assert titles(Registry("image", image.load, folder=folder)) == {
        "again": {"en": "Clothes (again)", "zh-CN": "服装 (again)"},
        "characters": {"en": "Drawn people", "zh-CN": "手绘人物"},
        "fashion": {"en": "Clothes (fashion)", "zh-CN": "服装 (fashion)"},
    }


def test_it_says_where_the_model_fails_and_how_long_it_was_trained():
    shown = card(Registry("text", text.load), "tang")
    assert set(shown["said"]) == {"limits", "not_for"}
    assert all(set(said) == {"en", "zh-CN"} for said in shown["said"].values())
    assert "5,877 steps, after an earlier training of 31 minutes, 2,000 steps" in shown["trained"]["en"]
    first = card(Registry("text", text.load), "tang-gpt")["trained"]["en"]
    assert first == "Trained for this lab in 112 minutes, 1,893 steps."
    museum = card(Registry("text", text.load, folder=checkpoint.SHIPPED / "museum"), "recites")
    assert museum["said"]["diagnosis"]["en"].startswith("Two layers")


def test_a_model_of_another_program_says_nothing_more(folder):
    shown = _card(folder)
    assert (shown["said"], shown["trained"], shown["remembers"]) == ({}, None, False)


def test_the_past_of_pictures_and_texts_comes_back():
    ask = training_history(Registry("image", image.load))
    answer = ask({"model": "characters"})
    steps = [moment["step"] for moment in answer["moments"]]
    assert steps == sorted(steps)
    assert answer["strip"].startswith("data:image/webp;base64,UklGR")
    assert answer["curve"]["step"][-1] > 0.9 * steps[-1]
    texts = training_history(Registry("text", text.load))({"model": "tang"})
    assert texts["strip"] is None
    assert all(moment["text"] for moment in texts["moments"])
    assert all(set(moment["when"]) == {"en", "zh-CN"} for moment in texts["moments"])
    assert "fashion" in ask({"model": "nothing"})["sentence"]["en"]


def test_the_past_of_sounds_is_heard_and_seen():
    answer = training_history(Registry("audio", audio.load))({"model": "drums"})
    for moment in answer["moments"]:
        assert moment["sound"].startswith("data:audio/ogg;base64,T2dn")
        assert moment["spectrogram"].startswith("data:image/png;base64,iVBOR")


def test_a_moment_before_which_nothing_was_logged_says_its_step_only(folder):
    history = [{"step": 20, "minutes": 0.5, "loss": 4.0}, {"step": 1000}]
    checkpoint.update_header(folder / "text" / "shakespeare.safetensors", history=history)
    answer = training_history(Registry("text", text.load, folder=folder))({"model": "shakespeare"})
    assert [moment["numbers"] for moment in answer["moments"]] == [{"loss": 4.0}, {}]
    assert [moment["when"]["zh-CN"] for moment in answer["moments"]] == ["第 20 步，用时 30 秒", "第 1,000 步"]


@pytest.mark.parametrize(("modality", "load"), [("text", text.load), ("image", image.load), ("audio", audio.load)])
def test_no_shipped_history_repeats_numbers(modality, load):
    registry = Registry(modality, load)
    for name in registry.entries:
        history = registry.header(name).history
        numbers = [
            {key: value for key, value in entry.items() if key not in {"step", "text", "minutes"}}
            for entry in history
        ]
        logged = [entry for entry in numbers if entry]
        assert all(logged.count(entry) == 1 for entry in logged), name


@pytest.mark.parametrize("modality", ["text", "image", "audio"])
def test_every_number_logged_by_a_shipped_model_is_named_in_both_languages(modality):
    load = {"text": text.load, "image": image.load, "audio": audio.load}[modality]
    registry = Registry(modality, load)
    ask = training_history(registry)
    for name in registry.entries:
        answer = ask({"model": name})
        logged = {number for moment in answer["moments"] for number in moment["numbers"]}
        logged |= set(answer["curve"]) - {"step", "minutes"}
        assert logged == set(answer["names"])
        assert all(said["en"] != said["zh-CN"] for said in answer["names"].values())
