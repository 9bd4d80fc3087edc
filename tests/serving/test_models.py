"""Files that vanish or change while the page is open."""

import shutil

import pytest

from genai import checkpoint, image, text
from genai.checkpoint import file
from genai.errors import CheckpointError
from genai.serving.models import Registry
from tests.ui.tiny import save_all


@pytest.fixture
def folder(tmp_path):
    return save_all(tmp_path)


def test_a_loaded_model_outlives_its_file(folder):
    registry = Registry("text", text.load, device="cpu", folder=folder)
    model = registry.get("tang")
    (folder / "text" / "tang.safetensors").unlink()
    assert registry.get("tang") is model


def test_one_that_vanished_before_it_was_loaded_is_a_sentence_and_others_are_served(folder):
    registry = Registry("text", text.load, device="cpu", folder=folder)
    (folder / "text" / "tang.safetensors").unlink()
    with pytest.raises(CheckpointError, match="no text models called 'tang'"):
        registry.get("tang")
    assert registry.get("shakespeare").name == "shakespeare"


def test_a_replaced_file_is_not_shown_under_the_old_one_s_header(folder):
    registry = Registry("image", image.load, device="cpu", folder=folder)
    shutil.copy(folder / "image" / "fashion.safetensors", folder / "image" / "characters.safetensors")
    with pytest.raises(CheckpointError, match="was replaced while the page is open"):
        registry.get("characters")
    assert registry.get("fashion").name == "fashion"


def test_header_and_weights_come_from_one_opening(folder, monkeypatch):
    path = folder / "image" / "characters.safetensors"
    other = (folder / "image" / "fashion.safetensors").read_bytes()
    parse = file.parse_header

    def replaced_meanwhile(name, values):
        fresh = path.with_suffix(".new")
        fresh.write_bytes(other)
        fresh.replace(path)
        return parse(name, values)

    monkeypatch.setattr(file, "parse_header", replaced_meanwhile)
    header, tensors = checkpoint.load(path, "image")
    assert header.config["channels"] == tensors["network.blocks.4.0.weight"].shape[1] == 3
