"""Names of files and folders, as text that can be printed, encoded, and made into other names."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genai.datasets.names import MAX_BYTES, folder_name, printable, short_name
from genai.text.data import CARDS


@pytest.mark.parametrize("name", ["novel", "红楼梦", "my\u3000pictures", "é 1.png", "a\\b", "👩\u200d🏫", *CARDS])
def test_a_name_that_can_be_printed_stays(name):
    assert printable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode("红楼梦".encode("gbk")), "红楼梦"),
        (f"狗/{os.fsdecode('虎'.encode('gb18030'))}.png", "狗/虎.png"),
        (os.fsdecode("café.txt".encode("latin-1")), r"caf\xe9.txt"),
        ("two\nlines\x1b[31m", "two_lines_[31m"),
        ("half a die \ud83c.txt", "half a die _.txt"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of bytes")
def test_other_names_become_text(name, shown):
    assert printable(name) == shown
    shown.encode()


@example("\ud800")  # a surrogate that stands for no byte
@given(st.one_of(st.text(st.characters(), max_size=300), st.binary(max_size=300).map(os.fsdecode)))
def test_a_short_name_can_be_part_of_a_file_s_name_on_every_system(name):
    short = short_name(name)
    assert 0 < len(short.encode()) <= MAX_BYTES
    assert not set(short) & set('/\\:*?"<>|\0\n')
    assert short == short.strip(" .")
    assert short_name(short) == short


def test_long_names_are_cut_and_stay_different():
    names = ["红" * 78, "红" * 77 + "楼", "红" * 78 + "楼"]
    short = {short_name(name) for name in names}
    assert len(short) == 3
    assert all(name.startswith("红" * 30) for name in short)
    assert short_name("红" * 40) == "红" * 40


def test_folders_without_a_name_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for path in (".", "sub/..", "../" + tmp_path.name):
        assert folder_name(Path(path)) == tmp_path.name
    assert short_name(folder_name(Path("/"))) == "data"
    assert short_name(".txt") == "txt"
