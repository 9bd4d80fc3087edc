"""The page's side alone: what becomes of a text whose worker fails, and of the worker's pipes."""

import os
import pickle
import threading

import pytest

from genai.errors import GenaiError
from genai.text import TextRequest
from genai.text.worker import TextWorkers
from genai.text.worker.messages import Started

REQUEST = TextRequest("AB", length=50)


class SilentPipes:
    """A worker that begins its first text and no more; the test holds its ends of the pipes."""

    def __init__(self):
        self.request_end, self.requests = pipe()
        self.reports, self.report_end = pipe()
        self.closed = threading.Event()

    def begin_text(self):
        request = pickle.load(self.request_end)
        self.report_end.write(pickle.dumps(Started(request.number, REQUEST, "", "float32", "")))

    def close(self):
        self.requests.close()
        self.closed.set()

    def die(self):
        self.request_end.close()
        self.report_end.close()


def pipe():
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=0)


@pytest.fixture
def pipes():
    pipes = SilentPipes()
    yield pipes
    pipes.die()
    assert pipes.closed.wait(10)


def writing(pipes):
    """A text that the worker has begun, and the workers."""
    workers = TextWorkers("cpu", start=lambda *_: pipes)
    texts = workers.write("plays", REQUEST)
    threading.Thread(target=pipes.begin_text).start()
    next(texts)
    return texts, workers


def test_a_worker_that_ends_at_its_start_is_an_error_and_not_started_again_and_again():
    started = []

    def start(*_):
        pipes = SilentPipes()
        pipes.die()
        started.append(pipes)
        return pipes

    with pytest.raises(GenaiError, match="ended unexpectedly"):
        next(TextWorkers("cpu", start=start).write("plays", REQUEST))
    assert 1 <= len(started) <= 3
    assert all(pipes.closed.wait(10) for pipes in started)


def test_a_worker_that_ends_fails_its_texts_and_gives_its_pipes_back(pipes):
    texts, workers = writing(pipes)
    pipes.die()
    with pytest.raises(GenaiError, match="ended unexpectedly"):
        next(texts)
    assert pipes.closed.wait(10)
    assert pipes.reports.closed
    assert len(workers) == 0


@pytest.mark.parametrize("report", [b"cos\nno_such_name\n.", pickle.dumps(Started(0, REQUEST, "", "", ""))[:-9]])
def test_a_report_that_cannot_be_read_fails_the_texts(pipes, report):
    texts, _ = writing(pipes)
    pipes.report_end.write(report)
    pipes.report_end.close()
    with pytest.raises(GenaiError, match="ended unexpectedly"):
        next(texts)


def test_a_text_may_be_dropped_after_its_worker_was_closed(pipes):
    texts, workers = writing(pipes)
    workers.close()
    texts.close()
    assert len(workers) == 0
