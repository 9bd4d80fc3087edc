"""Checkpoint files: saving and loading, and everything that can be wrong with a header."""

import json
import os
import struct
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from genai import atomic_write, checkpoint
from genai.checkpoint.header import FORMAT_VERSION, Header
from genai.errors import CheckpointError

HEADER = Header(
    modality="text", architecture="test", config={"size": 3}, title={"en": "A test", "zh-CN": "测试"},
    data_set="none", licence="MIT", attribution="us", source="here", vocabulary="ab\n中",
    openings=[{"seed": 3, "prompt": "ab"}],
)  # fmt: skip


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "text" / "one.safetensors"
    checkpoint.save(path, HEADER, {"network.weight": torch.linspace(-1, 1, 5), "network.count": torch.tensor(7)})
    return path


def test_a_saved_checkpoint_loads_the_same(saved):
    header, tensors = checkpoint.load(saved, "text")
    assert header == HEADER
    torch.testing.assert_close(tensors["network.weight"], torch.linspace(-1, 1, 5), rtol=2**-11, atol=0)
    assert tensors["network.weight"].dtype == torch.float32
    assert tensors["network.count"].item() == 7


@given(
    st.dictionaries(
        st.text(max_size=9), st.one_of(st.integers(-9, 9), st.text(max_size=9), st.booleans()), max_size=4
    )
)
def test_any_config_survives_the_header(tmp_path_factory, config):
    path = tmp_path_factory.mktemp("c") / "x.safetensors"
    checkpoint.save(path, Header(**{**HEADER.__dict__, "config": config}), {})
    assert checkpoint.read_header(path).config == config


def test_saving_leaves_no_temporary_file(saved):
    assert [p.name for p in saved.parent.iterdir()] == ["one.safetensors"]


def test_the_file_has_the_permissions_of_any_other_file(saved, tmp_path):
    (tmp_path / "plain").touch()
    assert saved.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(("value", "dtype"), [(float("nan"), torch.float32), (70_000.0, torch.float16)])
def test_what_no_program_could_load_is_not_written(value, dtype, tmp_path):
    header = Header("text", "x", {}, {"en": "x", "zh-CN": "x"}, "x", "x", "x", "x")
    with pytest.raises(
        CheckpointError, match=r"bad\.safetensors is not written, since a\.w holds .* --learning-rate"
    ):
        checkpoint.save(tmp_path / "bad.safetensors", header, {"a.w": torch.tensor([1.0, value])}, dtype)
    assert not list(tmp_path.iterdir())


def test_a_kill_while_saving_leaves_the_old_file(saved, monkeypatch):
    def killed(*args):
        raise KeyboardInterrupt

    before = saved.read_bytes()
    monkeypatch.setattr(atomic_write.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(saved, HEADER, {"network.weight": torch.zeros(1)})
    assert saved.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64, struct.pack("<Q", 10**12) + b"{}"])
def test_a_broken_file_is_refused_by_its_name(tmp_path, content):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"bad\.safetensors cannot be read"):
        checkpoint.read_header(path)


def test_a_truncated_file_is_refused(saved):
    saved.write_bytes(saved.read_bytes()[:-4])
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load(saved, "text")


def _write(path, **metadata):
    save_file({"w": torch.zeros(1)}, path, metadata)
    return path


def test_a_file_of_another_program_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="not made by this program"):
        checkpoint.read_header(_write(tmp_path / "foreign.safetensors", format='"pt"'))


def test_a_header_that_is_not_json_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.read_header(_write(tmp_path / "text.safetensors", format_version="{"))


def test_a_newer_format_asks_for_an_update(tmp_path):
    with pytest.raises(CheckpointError, match="update the program"):
        checkpoint.read_header(_write(tmp_path / "new.safetensors", format_version=str(FORMAT_VERSION + 1)))


def test_a_header_with_missing_fields_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.read_header(_write(tmp_path / "a.safetensors", format_version="1"))


WRONG = {
    "title": ["no dictionary", {"en": "no Chinese"}, {"en": 1, "zh-CN": 2}],
    "classes": ["none", ["no dictionary"], 3, None],
    "variants": ["none", ["no dictionary"], [{"en": "no Chinese"}]],
    "variant_shares": ["0.5", [0.5], [[0.5]] * 99, [["most"]], [[]]],
    "class_shares": ["0.5", ["most"], [0.1] * 99, [-1.0], [float("nan")]],
    "sample_rate": ["8000"],
    "config": [[]],
    "limits": [{"en": "no Chinese"}, 3],
    "vocabulary": [["a"]],
    "licence": [None],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_a_field_of_the_wrong_type_is_named(tmp_path, field, value):
    values = {name: json.dumps(known) for name, known in {**HEADER.__dict__, field: value}.items()}
    with pytest.raises(CheckpointError, match=f"wrong type in {field}"):
        checkpoint.read_header(_write(tmp_path / "b.safetensors", **values))


def test_a_field_with_its_name_of_before_is_read(tmp_path):
    names = [{"en": "Ann", "zh-CN": "安"}]
    values = {name: json.dumps(known) for name, known in HEADER.__dict__.items() if name != "variants"}
    values |= {"performers": json.dumps(names), "openings": json.dumps([{"seed": 1, "performer": "Ann"}])}
    header = checkpoint.read_header(_write(tmp_path / "b.safetensors", **values))
    assert header.variants == names
    assert header.openings == [{"seed": 1, "variant": "Ann"}]


def test_another_modality_is_sent_to_its_folder(saved):
    with pytest.raises(CheckpointError, match="move it to the folder text"):
        checkpoint.load(saved, "image")


def test_available_lists_good_and_bad(saved):
    (saved.parent / "bad.safetensors").write_bytes(b"x")
    bad, good = checkpoint.available("text", saved.parent.parent)
    assert (bad.name, bad.header) == ("bad", None)
    assert isinstance(bad.problem, CheckpointError)
    assert (good.name, good.problem, good.size_bytes) == ("one", None, saved.stat().st_size)
    assert checkpoint.available("audio", saved.parent.parent) == []


def test_a_link_whose_target_is_gone_is_listed_with_its_problem(tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "gone.safetensors").symlink_to(tmp_path / "nowhere")
    (entry,) = checkpoint.available("text", tmp_path)
    assert (entry.size_bytes, entry.header) == (0, None)
    assert "gone.safetensors cannot be read (No such file or directory" in str(entry.problem)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_file_whose_name_is_not_utf_8_is_listed_with_its_problem(saved):
    saved.rename(saved.with_name(os.fsdecode("红楼梦".encode("gbk")) + ".safetensors"))
    (entry,) = checkpoint.available("text", saved.parents[1])
    assert (entry.name, entry.header) == ("红楼梦", None)
    assert "红楼梦.safetensors cannot be read, since its name" in str(entry.problem)


def test_find_takes_names_and_paths_and_lists_what_there_is(saved):
    folder = saved.parent.parent
    assert checkpoint.find("one", "text", folder) == saved
    assert checkpoint.find(str(saved), "text") == saved
    with pytest.raises(CheckpointError, match="There are: one"):
        checkpoint.find("two", "text", folder)
    with pytest.raises(CheckpointError, match="There are: one"):
        checkpoint.find("../text/one", "text", folder)


def test_a_folder_of_checkpoints_that_is_missing_is_named_with_what_to_do(tmp_path):
    with pytest.raises(CheckpointError, match=r"at .*none: .*--checkpoints.*GENAI_CHECKPOINTS"):
        checkpoint.find("one", "text", tmp_path / "none")
    assert checkpoint.require_folder() == checkpoint.SHIPPED


def test_the_environment_names_the_folder_of_checkpoints(tmp_path):
    command = [sys.executable, "-c", "from genai import checkpoint; print(checkpoint.SHIPPED)"]
    environment = {**os.environ, "GENAI_CHECKPOINTS": str(tmp_path)}
    finished = subprocess.run(command, check=True, env=environment, capture_output=True, text=True, timeout=60)
    assert finished.stdout == f"{tmp_path}\n"


def test_collecting_and_selecting_weights_are_inverse():
    a, b = torch.nn.Linear(2, 1), torch.nn.Linear(1, 2)
    joined = checkpoint.collect_weights(first=a, second=b)
    assert checkpoint.select_weights(joined, "second").keys() == {"weight", "bias"}
    assert torch.equal(checkpoint.select_weights(joined, "first")["weight"], a.weight)
