"""kill -9 during a download, and while a training saves its state: nothing is lost, and the next run goes on."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from genai.datasets.downloads import Source, fetch
from genai.text.recipes.lstm import TrainingConfig
from genai.text.training import train

ROOT = Path(__file__).resolve().parents[2]
CONTENT = b"to be, or not to be\n" * 100_000
FETCH = """
import sys
from genai.datasets.downloads import Source, fetch
fetch(Source("text/x", sys.argv[1], ("x.txt",), sys.argv[2]))
"""
PATIENCE_SECONDS = 60


def wait_for(condition, process):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < end
        time.sleep(0.0005)


def start(*command, **environment):
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env={**os.environ, **environment},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


@pytest.fixture
def server():
    """A server of one file that sends its second half only after an event is set."""
    go_on = threading.Event()

    class Half(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            half = len(CONTENT) // 2
            self.wfile.write(CONTENT[:half])
            go_on.wait(PATIENCE_SECONDS)
            self.wfile.write(CONTENT[half:])

        def log_message(self, *_):
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Half)
    serving.daemon_threads = True
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}", go_on
    go_on.set()
    serving.shutdown()


def test_a_kill_during_a_download(server, tmp_path, monkeypatch):
    url, go_on = server
    source = Source("text/x", url, ("x.txt",), hashlib.sha256(CONTENT).hexdigest())
    process = start("-c", FETCH, url, source.sha256, GENAI_CACHE=str(tmp_path), GENAI_DATA="")
    wait_for(lambda: any(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()), process)
    process.kill()
    process.wait()
    assert not (tmp_path / "text/x").exists()
    (leftover,) = (tmp_path / "text").iterdir()
    os.utime(leftover, (0, 0))  # as if it were old
    go_on.set()
    monkeypatch.setenv("GENAI_CACHE", str(tmp_path))
    monkeypatch.delenv("GENAI_DATA", raising=False)
    assert (fetch(source) / "x.txt").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "text").iterdir()] == ["x"]


def test_a_kill_while_a_training_saves_its_state(tmp_path):
    book = tmp_path / "rhyme.txt"
    book.write_text("the cat sat on the mat, and the dog ate the hat.\n" * 400, encoding="utf-8")
    flags = {"steps": 150, "embedding_size": 8, "hidden_size": 128, "batch_size": 4, "window": 16, "device": "cpu",
             "precision": "no", "threads": 1}  # fmt: skip
    arguments = [word for name, value in flags.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = start(
        "-m", "genai.text.training", str(book), *arguments, "--folder", str(killed), "--save-minutes", "0.0001"
    )
    wait_for(lambda: list(killed.rglob("state.pt")) and list(killed.rglob(".state.pt.*")), process)
    process.kill()
    process.wait()
    (state,) = killed.rglob("state.pt")
    reached = torch.load(state, weights_only=True)["step"]
    assert 0 < reached < flags["steps"]
    for folder in (killed, whole):
        train(TrainingConfig(data=str(book), folder=folder, **flags))
    ends = [torch.load(next(folder.rglob("state.pt")), weights_only=True) for folder in (killed, whole)]
    assert [end["step"] for end in ends] == [flags["steps"]] * 2
    torch.testing.assert_close(ends[0]["parts"]["network"], ends[1]["parts"]["network"], rtol=0, atol=0)
    assert not list(killed.rglob(".state.pt.*"))
