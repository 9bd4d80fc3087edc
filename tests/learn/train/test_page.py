"""What the page of a training is given: its words, the sets that are here, the models to go on from."""

import re

import pytest

from genai.learn.data.named import named_sets
from genai.learn.train.page import FOLDER, NEAREST, PHRASES, PIECES, modalities, phrases
from tests.ui.tiny import save_all

ASKING = FOLDER.parents[1] / "ui" / "views" / "asking.js"


def scripts():
    files = [FOLDER / f"{name}.js" for name in (*PIECES, "train")]
    return "".join(file.read_text(encoding="utf-8") for file in (ASKING, *files))


def test_each_phrase_is_said_in_both_languages_and_by_some_script():
    words = scripts()
    for name, text in phrases().items():
        assert set(text) == {"en", "zh-CN"}
        beginning = re.match("(phase|count|hint|next|use|choice)_|", name)[0]
        assert f'"{name}"' in words or (beginning and f"`{beginning}${{" in words), name


def test_no_script_says_a_phrase_that_is_missing():
    said = re.findall(r'(?:say\([^;]*?, |phrase\(|sayWhy\("[\w-]+", )"(\w+)"', scripts())
    assert said
    assert set(said) <= set(PHRASES)


def test_the_models_to_go_on_from_begin_with_the_nearest(tmp_path):
    found = modalities(save_all(tmp_path))
    for modality, name in NEAREST.items():
        assert found[modality]["nearest"] == name
        assert found[modality]["models"][0]["name"] == name
    assert {"en": "Clothes", "zh-CN": "服装"} in [model["title"] for model in found["image"]["models"]]


def test_without_models_a_training_begins_from_scratch(tmp_path):
    assert modalities(tmp_path)["image"] | {"named": []} == {"models": [], "nearest": None, "named": []}


@pytest.mark.parametrize("name", ["fashion", "characters"])
def test_only_sets_on_this_machine_are_offered(tmp_path, monkeypatch, name):
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    assert named_sets("image") == {}
    (tmp_path / "image" / name).mkdir(parents=True)
    assert list(named_sets("image")) == [name]
    assert list(named_sets("text")) == ["python"]
