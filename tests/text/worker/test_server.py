"""The worker's side alone: how it ends, and which requests it prepares."""

import io
import os
import pickle
import threading

import pytest

from genai.checkpoint import own
from genai.text import TextRequest
from genai.text.worker.messages import Cancel, Failed, Finished, Ready, Started, Write
from genai.text.worker.server import Server

WRITE = Write(0, "a", TextRequest("ab", length=20))


class SlowLoader:
    """Loads models only once `loading` is released, and lists their names."""

    def __init__(self, model):
        self.model = model
        self.names = []
        self.begun = threading.Event()
        self.released = threading.Event()

    def __call__(self, name):
        self.names.append(name)
        self.begun.set()
        assert self.released.wait(30)
        return self.model


class Page:
    """A server in a thread, and the page's ends of its pipes."""

    def __init__(self, load):
        request_end, self.requests = pipe()
        self.reports, report_end = pipe()
        self.server = Server(request_end, report_end, load)
        self.thread = threading.Thread(target=self.work, args=(request_end, report_end))
        self.thread.start()

    def work(self, request_end, report_end):
        with request_end, report_end:
            self.server.run()

    def send(self, *requests):
        for request in requests:
            pickle.dump(request, self.requests)
        self.requests.flush()

    def receive(self):
        """The next report on a text."""
        report = pickle.load(self.reports)
        return self.receive() if isinstance(report, Ready) else report

    def close(self):
        """Close the requests, and return whether the server ends."""
        self.requests.close()
        self.thread.join(30)
        return not self.thread.is_alive()


def pipe():
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@pytest.fixture
def loader(model):
    loader = SlowLoader(model)
    yield loader
    loader.released.set()


@pytest.fixture
def page(loader):
    page = Page(loader)
    yield page
    loader.released.set()
    assert page.close()
    page.reports.close()


def test_a_page_that_dies_in_the_middle_of_a_request_ends_the_worker(loader):
    server = Server(io.BytesIO(pickle.dumps(WRITE)[:-5]), io.BytesIO(), loader)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_a_pipe_that_was_closed_at_this_end_ends_the_worker(loader):
    requests = io.BytesIO()
    requests.close()
    server = Server(requests, io.BytesIO(), loader)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_a_page_that_dies_before_a_report_ends_the_worker_quietly(model):
    requests_end, requests = pipe()
    reports, reports_end = pipe()
    reports.close()
    with requests_end, requests:
        pickle.dump(WRITE, requests)
        requests.flush()
        Server(requests_end, reports_end, lambda _: model).run()
    with pytest.raises(BrokenPipeError):
        reports_end.close()  # what was never sent


def test_a_text_that_was_cancelled_before_its_preparation_is_not_prepared(page, loader):
    page.send(WRITE, Write(1, "b", WRITE.request), Write(2, "c", WRITE.request))
    assert loader.begun.wait(10)
    page.send(Cancel(1), Write(3, "unused", TextRequest("龙" * 100)))
    wait_until(lambda: 3 in page.server._preparing)
    loader.released.set()
    ended = set()
    while len(ended) < 3:
        report = page.receive()
        if isinstance(report, Finished | Failed):
            ended.add(report.number)
    assert ended == {0, 2, 3}
    assert loader.names == ["a", "c", "unused"]


def test_a_text_that_was_cancelled_during_its_preparation_is_not_written(page, loader):
    page.send(WRITE)
    assert loader.begun.wait(10)
    page.send(Cancel(0), Write(1, "a", WRITE.request))
    wait_until(lambda: 1 in page.server._preparing)
    loader.released.set()
    report = page.receive()
    assert isinstance(report, Started)
    assert report.number == 1
    wait_until(lambda: not page.server._preparing)
    assert not page.server._cancelled


def test_a_server_that_ends_prepares_nothing_more(page, loader):
    page.send(WRITE, Write(1, "b", WRITE.request))
    assert loader.begun.wait(10)
    wait_until(lambda: 1 in page.server._preparing)
    assert page.close()
    loader.released.set()
    page.server._preparer.shutdown(wait=True)
    assert loader.names == ["a"]


def test_a_visitors_model_is_forgotten_once_its_file_is_removed(page, loader, tmp_path, monkeypatch):
    monkeypatch.setenv(own.VARIABLE, str(tmp_path))
    names = [own.new_name(), own.new_name()]
    paths = [own.path_in(tmp_path, name, "text") for name in names]
    paths[0].parent.mkdir()
    for path in paths:
        path.touch()
    loader.released.set()
    for number, name in enumerate(["a", *names]):
        page.send(Write(number, name, WRITE.request))
    wait_until(lambda: set(page.server._models) == {"a", *names})
    paths[0].unlink()
    page.send(Write(3, "b", WRITE.request))
    wait_until(lambda: set(page.server._models) == {"a", "b", names[1]})


def wait_until(condition):
    end = threading.Event()
    for _ in range(1000):
        if condition():
            return
        end.wait(0.01)
    raise AssertionError("it did not happen within ten seconds")
