"""Signals that ask a process to end: nothing that was temporary stays."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from genai.signals import ENDING, INTERRUPTED, on_signals

ROOT = Path(__file__).resolve().parents[1]
WORK = """
import signal, sys, tempfile, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored in what runs in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored in all that it starts
from genai.errors import exit_with_sentence
with exit_with_sentence(), tempfile.TemporaryDirectory(dir=sys.argv[1]):
    print("ready", flush=True)
    time.sleep(60)
"""
UNDER_NOHUP = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from genai.errors import exit_with_sentence
with exit_with_sentence():
    signal.raise_signal(signal.SIGHUP)
    print("goes on")
"""


@pytest.mark.parametrize("number", ENDING)
def test_a_command_removes_its_temporary_files(number, tmp_path):
    command = [sys.executable, "-c", WORK, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (INTERRUPTED, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_a_signal_that_is_ignored_stays_so():
    done = subprocess.run([sys.executable, "-c", UNDER_NOHUP], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "goes on\n")


def test_handlers_are_restored():
    before = [signal.getsignal(number) for number in ENDING]
    calls = []
    with on_signals(ENDING, lambda: calls.append(1)):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert calls == [1, 1]
    assert [signal.getsignal(number) for number in ENDING] == before
