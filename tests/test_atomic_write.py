"""Files are written whole or not at all, whatever happens meanwhile."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genai import atomic_write as module
from genai.atomic_write import atomic_write
from genai.errors import DataError
from genai.ui.views import files

ROOT = Path(__file__).resolve().parents[1]


def test_the_new_file_replaces_the_old_and_has_the_usual_permissions(tmp_path):
    path = tmp_path / "deep" / "file"
    for content in (b"one", b"two"):
        with atomic_write(path) as temporary:
            temporary.write_bytes(content)
        assert path.read_bytes() == content
    (tmp_path / "plain").write_bytes(b"")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert list(path.parent.iterdir()) == [path]


def test_a_file_reaches_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    """After a power cut, a name without its content would be an emptied file."""
    calls = []
    fsync = os.fsync
    replace = os.replace
    monkeypatch.setattr(module.os, "fsync", lambda number: (calls.append(os.fstat(number).st_size), fsync(number)))
    monkeypatch.setattr(module.os, "replace", lambda *paths: (calls.append("replace"), replace(*paths)))
    with atomic_write(tmp_path / "file") as temporary:
        temporary.write_bytes(b"12345")
    assert calls[:2] == [5, "replace"]
    assert len(calls) == (3 if os.name == "posix" else 2)  # the folder too, with the new name
    calls.clear()
    with atomic_write(tmp_path / "file", durable=False) as temporary:
        temporary.write_bytes(b"12345")
    assert calls == ["replace"]


def test_the_file_before_is_kept_where_that_is_wanted(tmp_path):
    for content in (b"one", b"two", b"three"):
        with atomic_write(tmp_path / "file", previous=tmp_path / "before") as temporary:
            temporary.write_bytes(content)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"three", "before": b"two"}


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write():
        with atomic_write(path) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError, match="No space left"):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_while_a_file_is_served_is_a_sentence(monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    with pytest.raises(DataError, match="make room"):
        files.serve_file(b"never seen before", "x.png")


WRITER = """
import sys, time
from pathlib import Path
from genai.atomic_write import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    with temporary.open("wb") as file:
        for _ in range(10_000):
            file.write(b"x" * 1000)
            file.flush()
            time.sleep(0.001)
"""


def test_a_kill_leaves_the_old_file_and_the_next_write_cleans_up(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=ROOT)
    end = time.monotonic() + 60
    while time.monotonic() < end and not any(p.stat().st_size for p in tmp_path.glob(".file.*")):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    with atomic_write(path) as temporary:
        temporary.write_bytes(b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
