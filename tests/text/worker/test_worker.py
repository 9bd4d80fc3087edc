"""Text workers: what the page asks for and what it is told, in a thread; and one real process that is killed."""

import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import torch

from genai import text
from genai.errors import CheckpointError, ConfigError, GenaiError
from genai.serving.worker import portable
from genai.text import TextRequest
from genai.text.networks import GPT, LSTM
from genai.text.worker import TextWorkers, client
from tests.text.worker.threads import STARTED, ThreadPipes
from tests.ui.tiny import save_all

ProcessPipes = client.ProcessPipes  # before the tests' threads take its place


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def workers(folder):
    workers = TextWorkers("cpu", folder, start=ThreadPipes)
    yield workers
    workers.close()


def last(growing):
    return list(growing)[-1]


def soon(condition):
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_a_text_is_what_the_facade_writes_and_comes_with_what_a_label_says(folder, workers):
    model = text.load("shakespeare", "cpu", folder)
    request = TextRequest("AB", length=50, seed=3)
    written = last(workers.write("shakespeare", request))
    assert written.text == text.generate(model, [request])[0].text
    assert (written.name, written.sha256, written.precision) == ("shakespeare", model.sha256, model.precision)
    assert written.header_sha256 == model.header.sha256
    assert written.snapshot.state[0].shape == model.network.initial_state(1)[0].shape


def test_a_second_worker_takes_texts_when_the_first_has_many(folder, workers, monkeypatch):
    monkeypatch.setattr(client, "MANY_TEXTS", 2)
    model = text.load("large", "cpu", folder)
    requests = [TextRequest("A", length=200, seed=n) for n in range(8)]

    def write_all():
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda request: last(workers.write("large", request)).text, requests))

    expected = [result.text for result in text.generate(model, requests)]
    assert write_all() == expected  # the second one starts up
    assert soon(lambda: all(worker.ready for worker in workers._workers))
    assert write_all() == expected
    assert [len(pipes.server._models) for pipes in STARTED[-2:]] == [1, 1]


def test_one_that_starts_up_is_not_waited_for(folder, monkeypatch):
    monkeypatch.setattr(client, "MANY_TEXTS", 1)
    workers = TextWorkers("cpu", folder, count=2, start=ThreadPipes)
    first, second = (client._Worker(ThreadPipes("cpu", folder)) for _ in range(2))
    assert soon(lambda: first.ready and second.ready)
    workers._workers = [first, second]
    second.ready = False
    first.pending[99] = client._Pending(99, "large")
    assert workers._choose() is first
    second.ready = True
    assert workers._choose() is second
    first.pending.clear()
    workers.close()


def test_texts_that_cost_more_fill_a_worker_sooner(folder, monkeypatch):
    monkeypatch.setattr(client, "MANY_TEXTS", 6)
    workers = TextWorkers("cpu", folder, count=2, start=ThreadPipes)
    workers._workers = [client._Worker(ThreadPipes("cpu", folder)) for _ in range(2)]
    assert soon(lambda: all(worker.ready for worker in workers._workers))
    for architecture, counts in {LSTM: [6, 2], GPT: [3, 3]}.items():
        assert soon(lambda: len(workers) == 0)
        growing = [workers.write("large", TextRequest("A", length=5000), architecture) for _ in range(sum(counts))]
        for each in growing:
            next(each)
        assert [len(worker.pending) for worker in workers._workers] == counts
        for each in growing:
            each.close()
    workers.close()


def test_thirty_at_once_each_get_their_own(folder, workers):
    model = text.load("shakespeare", "cpu", folder)
    requests = [TextRequest("ABCDEFGHIJ"[n % 10] * (n + 1), length=50 + n, seed=n) for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        texts = list(pool.map(lambda request: last(workers.write("shakespeare", request)).text, requests))
    assert texts == [result.text for result in text.generate(model, requests)]
    assert len(workers._workers) <= 2
    assert len(workers) == 0


@pytest.mark.parametrize(("kind", "cores", "count"), [("cpu", 8, 2), ("cpu", 1, 1), ("cuda", 8, 1)])
def test_a_cpu_gets_two_workers_and_a_gpu_one(kind, cores, count, monkeypatch):
    monkeypatch.setattr(client.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(client, "pick_float64_device", torch.device)
    assert client.default_count(kind) == count


def test_a_text_grows(workers):
    texts = [written.text for written in workers.write("large", TextRequest("A", length=5000, seed=1))]
    assert len(texts) > 2
    assert len(texts[-1]) == 5000
    assert all(longer.startswith(shorter) for shorter, longer in pairwise(texts))


def test_a_file_that_is_no_text_model_is_refused_by_a_sentence(folder, workers):
    with pytest.raises(CheckpointError, match="no text models called"):
        next(workers.write("nobody", TextRequest("A"), "index"))


def test_a_text_that_ends_while_its_reader_is_away_is_handed_out_whole(folder, workers):
    """A slow reader takes its time between two pieces; the end must not be lost in it."""
    request = TextRequest("A", length=100, seed=1)
    pieces = []
    for written in workers.write("shakespeare", request):
        pieces.append(written)
        assert soon(lambda: len(workers) == 0)
    expected = text.generate(text.load("shakespeare", "cpu", folder), [request])[0].text
    assert pieces[-1].text == expected
    assert pieces[-1].snapshot is not None


def test_who_stops_listening_frees_the_place(workers):
    leaving = workers.write("large", TextRequest("A", length=5000, seed=1))
    next(leaving)
    assert len(workers) == 1
    leaving.close()
    assert len(workers) == 0
    assert len(last(workers.write("large", TextRequest("A", length=20))).text) == 20


def test_a_mistake_is_a_sentence_and_hurts_nobody_else(workers):
    with ThreadPoolExecutor(3) as pool:
        wrong = pool.submit(last, workers.write("shakespeare", TextRequest("龙")))
        long_and_wrong = pool.submit(last, workers.write("shakespeare", TextRequest("A" * 100 + "龙")))
        right = pool.submit(last, workers.write("shakespeare", TextRequest("A", length=30)))
        for mistake in (wrong, long_and_wrong):
            with pytest.raises(ConfigError, match="never seen '龙'"):
                mistake.result()
        assert len(right.result().text) == 30


def test_a_file_that_is_not_there_is_a_sentence(workers):
    with pytest.raises(CheckpointError, match="There are no text models called 'gone'"):
        last(workers.write("gone", TextRequest()))


def test_an_error_of_ours_keeps_its_traceback():
    try:
        raise KeyError("ours")
    except KeyError as error:
        copied = pickle.loads(pickle.dumps(portable(error)))
    assert "KeyError: 'ours'" in str(copied)
    assert "test_worker.py" in str(copied)
    assert isinstance(portable(MemoryError()), ConfigError)


def test_a_process_that_dies_is_told_in_a_sentence_and_replaced(folder):
    workers = TextWorkers("cpu", folder, count=1, start=ProcessPipes)
    try:
        growing = workers.write("large", TextRequest("A", length=5000, seed=1))
        next(growing)
        first = workers._workers[0]
        first._pipes.process.kill()
        with pytest.raises(GenaiError, match="ended unexpectedly"):
            last(growing)
        assert soon(lambda: first._pipes.process.returncode is not None)  # no zombie stays
        assert first._pipes.requests.closed
        expected = text.generate(text.load("shakespeare", "cpu", folder), [TextRequest("AB", length=40)])[0].text
        assert last(workers.write("shakespeare", TextRequest("AB", length=40))).text == expected
        second = workers._workers[0]._pipes.process
    finally:
        workers.close()
    assert second.poll() is not None


def test_a_process_ends_with_the_page(folder):
    """The page closes the pipes when it ends, however it ends."""
    pipes = ProcessPipes("cpu", folder)
    pipes.requests.close()
    assert pipes.process.wait(60) == 0
    pipes.reports.close()
    pipes.close()
