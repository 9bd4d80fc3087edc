"""The registry of models: loading, sharing, and files that change while the page is open."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from genai import checkpoint, image, text
from genai.checkpoint import Entry, file, own
from genai.errors import CheckpointError, ConfigError
from genai.serving.models import Registry, put_first
from tests.ui.tiny import save_all


@pytest.fixture
def folder(tmp_path):
    return save_all(tmp_path)


def test_the_preferred_model_comes_first_and_then_those_of_its_data(folder):
    def entry(name, data_set):
        header = replace(checkpoint.available("text", folder)[0].header, data_set=data_set)
        return Entry(name, folder, 1, header, None)

    data_sets = {"a": "A", "a-gpt": "A", "b": "B", "b-gpt": "B", "c": "C"}
    broken = Entry("d", folder, 1, None, CheckpointError("broken"))
    entries = [*(entry(name, data_set) for name, data_set in data_sets.items()), broken]
    assert [each.name for each in put_first("b", entries)] == ["b", "b-gpt", "a", "a-gpt", "c", "d"]
    assert [each.name for each in put_first("d", entries)] == ["d", "a", "a-gpt", "b", "b-gpt", "c"]
    assert put_first("", entries) == put_first("missing", entries) == entries


def test_a_loaded_model_is_kept_when_its_file_is_deleted(folder):
    registry = Registry("text", text.load, device="cpu", folder=folder)
    model = registry.get("tang")
    (folder / "text" / "tang.safetensors").unlink()
    assert registry.get("tang") is model


def test_a_file_deleted_before_loading_is_an_error_and_other_models_still_load(folder):
    registry = Registry("text", text.load, device="cpu", folder=folder)
    (folder / "text" / "tang.safetensors").unlink()
    with pytest.raises(CheckpointError, match="no text models called 'tang'"):
        registry.get("tang")
    assert registry.get("shakespeare").name == "shakespeare"


def test_a_replaced_file_is_refused(folder):
    registry = Registry("image", image.load, device="cpu", folder=folder)
    shutil.copy(folder / "image" / "fashion.safetensors", folder / "image" / "characters.safetensors")
    with pytest.raises(CheckpointError, match="was replaced while the page is open"):
        registry.get("characters")
    assert registry.get("fashion").name == "fashion"


def test_header_and_weights_are_read_from_the_same_file_handle(folder, monkeypatch):
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


def test_threads_share_one_loaded_model(folder):
    loads = []

    def load(name, *, device, folder):
        loads.append(name)
        return object()

    registry = Registry("text", load, "shakespeare", folder=folder)
    models = []
    threads = [threading.Thread(target=lambda: models.append(registry.get("tang"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["tang"]
    assert len(set(map(id, models))) == 1
    assert registry.first == "shakespeare"


def test_a_name_is_never_used_as_a_path(folder):
    registry = Registry("text", text.load, folder=folder)
    for name in (str(folder / "text" / "tang.safetensors"), "../text/tang", "", ["tang"], {"a": 1}, 3):
        with pytest.raises(ConfigError, match="There are no text models called"):
            registry.get(name)


def test_a_broken_file_is_listed_among_the_problems(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("broken")
    (other / "text").mkdir()
    (other / "text" / "cut.safetensors").write_bytes((folder / "text" / "tang.safetensors").read_bytes()[:100])
    registry = Registry("text", text.load, folder=other)
    assert registry.names == []
    assert "cut.safetensors" in str(registry.problems[0])
    with pytest.raises(CheckpointError, match=r"cut\.safetensors"):
        registry.get("cut")


def test_visitors_use_their_own_models_while_others_are_removed(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(own.VARIABLE, str(tmp_path / "own"))
    names = [own.new_name() for _ in range(24)]
    paths = [own.path_in(tmp_path / "own", name, "image") for name in names]
    paths[0].parent.mkdir(parents=True)
    for path in paths:
        shutil.copy(folder / "image" / "fashion.safetensors", path)
    registry = Registry("image", image.load, device="cpu", folder=folder)

    def use(number):
        return [registry.header(name).data_set for name in names[number % 8 :: 8] * 20]

    def remove(path):
        registry.get("fashion")
        path.unlink()

    with ThreadPoolExecutor(8) as pool:
        looks = [pool.submit(use, number) for number in range(7)]
        pool.submit(lambda: [remove(path) for path in paths[7::8]]).result()
        data_set = registry.header("fashion").data_set
        assert all(set(look.result()) == {data_set} for look in looks)
    assert {registry.entry(name) is None for name in names[7::8]} == {True}
    assert len(registry._own) == len(names) - 3
