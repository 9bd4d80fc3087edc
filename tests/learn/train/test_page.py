"""What the page of a training is given: its words, the sets that are here, the models to go on from."""

import random
import re

import pytest

from genai import checkpoint
from genai.errors import ConfigError
from genai.learn.data.content import Text
from genai.learn.data.named import named_sets
from genai.learn.data.store import Collections
from genai.learn.train.page import FOLDER, NEAREST, PHRASES, PIECES, data_finder, modalities, phrases
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


@pytest.mark.parametrize(("characters", "is_known"), [("abcdefgh .\n", True), ("电脑和手机春夏秋冬\n", False)])
def test_a_text_that_a_model_cannot_read_is_refused_before_the_training(tmp_path, characters, is_known):
    header = checkpoint.read_header(save_all(tmp_path) / "text" / "shakespeare.safetensors")
    text = "".join(random.Random(5).choices(characters, k=12_000))
    collections = Collections()
    own = collections.make("text")
    own.add(Text(text))
    find = data_finder(collections)
    assert find(own.id, "text", None).own_items >= len(text)  # from scratch any text will do
    if is_known:
        assert find(own.id, "text", header).own_items >= len(text)
    else:
        with pytest.raises(ConfigError, match=r"does not know \d+ % of .* from scratch"):
            find(own.id, "text", header)
