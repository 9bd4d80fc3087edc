"""Runs whose trainings are threads of the test, on tiny networks."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from genai.learn.runs import worker
from genai.learn.runs.files import ENDED, RunFiles
from genai.learn.runs.manager import Runs
from genai.learn.runs.questions import Data, RunQuestions
from genai.learn.runs.spec import FROM_SCRATCH
from genai.serving.live.hub import Hub

LINES = "the cat sat on the mat, and the dog ate the hat.\nA king went up the hill: who knows?\n"
SMALL = {
    "text": {"hidden_size": 64, "batch_size": 4, "window": 16},
    "image": {"generator_filters": 8, "batch_size": 8},
    "audio": {"generator_filters": 8, "batch_size": 8},
}


class ThreadWorker:
    """Stands in for the process: it carries out the same order in a thread."""

    def __init__(self):
        self.exit_status = None
        self.is_left = threading.Event()
        self.thread = None

    def begin(self, order):
        os.chdir(order.run)  # as the process does; `make_runs` goes back

        def work():
            worker.train(RunFiles(Path(order.run)), order, self.is_left)
            self.exit_status = 0

        self.thread = threading.Thread(target=work)
        self.thread.start()

    def kill(self):
        self.is_left.set()
        if self.thread:
            self.thread.join(60)


class ThreadSpare:
    def prepare(self):
        pass

    def take(self):
        return ThreadWorker()

    def end_if_unwanted(self):
        pass

    def end(self):
        pass


class Clock:
    """A clock that the test turns."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="session")
def own_data(tmp_path_factory):
    """A text, a folder of pictures of two classes, and a folder of sounds, with their numbers of items."""
    folder = tmp_path_factory.mktemp("own")
    text = folder / "own-text.txt"
    text.write_text(LINES * 150, encoding="utf-8")
    rng = np.random.default_rng(0)
    for name in ("sun", "moon"):
        (folder / "own-pictures" / name).mkdir(parents=True)
        for n in range(36):
            pixels = rng.integers(0, 256, (32, 32), np.uint8)
            Image.fromarray(pixels).save(folder / "own-pictures" / name / f"{n}.png")
    (folder / "own-sounds").mkdir()
    for n in range(36):
        wave = np.sin(np.arange(6000) * (0.05 + n / 200)) * np.exp(-np.arange(6000) / 2000)
        soundfile.write(folder / "own-sounds" / f"{n}.wav", wave, 16_000)
    return {
        "text": Data(str(text), len(LINES) * 150),
        "image": Data(str(folder / "own-pictures"), 72),
        "audio": Data(str(folder / "own-sounds"), 36),
    }


@pytest.fixture
def make_runs(tmp_path, monkeypatch):
    """Makes Runs in a folder; their threads end with the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worker, "limit_memory", lambda: None)  # it would hold for the whole test
    for modality, values in SMALL.items():  # what cannot be chosen is small too
        small = {"spectrogram_filters": 4, "discriminator_filters": 4}
        known = FROM_SCRATCH[modality]
        monkeypatch.setitem(
            FROM_SCRATCH, modality, {**known, **values, **{n: v for n, v in small.items() if n in known}}
        )
    made = []

    def make(home=tmp_path / "home", **options):
        home.mkdir(exist_ok=True)
        runs = Runs(Hub(), "cpu", home=home, **options)
        runs._turns.spare = ThreadSpare()
        runs._turns.slots = 1
        made.append(runs)
        return runs

    yield make
    for runs in made:
        runs.end()


@pytest.fixture
def ask(make_runs, own_data):
    """Asks questions by their names, as the page does."""
    runs = make_runs()
    questions = {
        question.__name__: question for question in RunQuestions(runs, lambda _, kind, __: own_data[kind]).all()
    }

    def ask(name, **question):
        return questions[name](question)

    ask.runs = runs
    ask.questions = questions
    return ask


def wait_for(runs, name, *phases, seconds=60):
    """Wait until a run is in a phase; return its state."""
    end = time.monotonic() + seconds
    while True:
        state = runs.state(name)
        if state["phase"] in (phases or ENDED):
            return state
        assert time.monotonic() < end, (state["phase"], state["sentence"])
        time.sleep(0.02)
