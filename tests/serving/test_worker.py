"""Messages through pipes, and a process that is started from a source folder."""

import os
import pickle
import queue
import subprocess
import sys
import threading

import pytest

from genai.serving.worker import Closed, fill_inbox, received, send, start_process


@pytest.fixture
def pipe():
    """The two ends of a pipe: for reading, and for writing."""
    theirs, ours = os.pipe()
    with os.fdopen(theirs, "rb") as reader, os.fdopen(ours, "wb") as writer:
        yield reader, writer


def test_messages_come_in_their_order_until_the_other_side_closes(pipe):
    reader, writer = pipe
    send("first", writer)
    coming = received(reader)
    assert next(coming) == "first"  # it does not wait in a buffer
    send({"second": 2}, writer)
    writer.close()
    assert list(coming) == [{"second": 2}]


def test_who_dies_in_the_middle_of_a_message_has_closed_the_pipe(pipe):
    reader, writer = pipe
    writer.write(pickle.dumps(list(range(1000)))[:100])
    writer.close()
    assert list(received(reader)) == []


def test_a_pipe_that_was_closed_at_this_end_has_no_more_messages(pipe):
    reader, _ = pipe
    reader.close()
    assert list(received(reader)) == []


def test_a_message_that_cannot_be_read_is_a_bug(pipe):
    reader, writer = pipe
    writer.write(b"\x80\xff.")  # a protocol of pickle that does not exist
    writer.close()
    with pytest.raises(ValueError, match="protocol"):
        list(received(reader))


def test_the_end_of_a_pipe_comes_last_into_the_inbox(pipe):
    reader, writer = pipe
    inbox = queue.SimpleQueue()
    thread = threading.Thread(target=fill_inbox, args=(inbox, reader))
    thread.start()
    send("only", writer)
    writer.close()
    thread.join()
    assert inbox.get_nowait() == "only"
    assert isinstance(inbox.get_nowait(), Closed)


def test_a_process_finds_the_package_and_its_variables(tmp_path, monkeypatch):
    (tmp_path / "told.py").write_text(
        "import os, sys, genai; print(genai.__file__, sys.argv[1], os.environ['SAID'])"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = start_process("told", "argument", variables={"SAID": "variable"})
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.decode().split()[1:] == ["argument", "variable"]
    assert out.decode().split()[0] == sys.modules["genai"].__file__


def test_what_a_process_prints_can_be_dropped(tmp_path, monkeypatch):
    (tmp_path / "loud.py").write_text("print('noise')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    process = start_process("loud", stdout=subprocess.DEVNULL)
    assert process.communicate(timeout=60) == (None, None)
