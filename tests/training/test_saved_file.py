"""A file that is saved again and again: the one before it, broken files, and a full disk."""

import errno
import json

import pytest

from genai.errors import DataError
from genai.training import saved_file
from genai.training.saved_file import SavedFile


def saved(tmp_path):
    return SavedFile(tmp_path / "x.json", lambda path: json.loads(path.read_text()))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_file_before_is_kept(tmp_path):
    file = saved(tmp_path)
    assert file.read() is None
    for number in (1, 2, 3):
        file.write(b"%d" % number)
    assert (file.read(), file.problem) == (3, "")
    assert names(tmp_path) == ["x.json", "x.json.previous"]
    assert file.previous.read_text() == "2"


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b'{"half', None])
def test_a_broken_or_missing_file_gives_way_to_the_one_before(content, tmp_path):
    for number in (1, 2):
        saved(tmp_path).write(b"%d" % number)
    if content is None:
        (tmp_path / "x.json").unlink()
    else:
        (tmp_path / "x.json").write_bytes(content)
    file = saved(tmp_path)
    assert file.read() == 1
    assert file.problem
    file.write(b"3")  # the broken file does not replace the one before
    assert (file.read(), file.problem, file.previous.read_text()) == (3, "", "1")


def test_without_a_whole_file_it_is_a_sentence(tmp_path):
    for name in ("x.json", "x.json.previous"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"x\.json cannot be read .* delete its folder to begin the run anew"):
        saved(tmp_path).read()


def test_the_file_before_makes_room_on_a_full_disk(tmp_path, monkeypatch):
    """The disk has room for two files: after a save, for no third one."""
    write = saved_file.atomic_write

    def on_a_small_disk(path, **settings):
        if len(names(tmp_path)) == 2:
            raise DataError("{file} cannot be written", file=str(path)) from OSError(errno.ENOSPC, "full")
        return write(path, **settings)

    file = saved(tmp_path)
    monkeypatch.setattr(saved_file, "atomic_write", on_a_small_disk)
    for number in (1, 2, 3, 4):
        file.write(b"%d" % number)
        assert file.read() == number


def test_the_only_whole_file_never_makes_room(tmp_path, monkeypatch):
    for number in (1, 2):
        saved(tmp_path).write(b"%d" % number)
    (tmp_path / "x.json").write_bytes(b"")
    file = saved(tmp_path)
    file.read()

    def full(path, **_):
        raise DataError("{file} cannot be written", file=str(path))

    monkeypatch.setattr(saved_file, "atomic_write", full)
    with pytest.raises(DataError, match="cannot be written"):
        file.write(b"3")
    assert saved(tmp_path).read() == 1
