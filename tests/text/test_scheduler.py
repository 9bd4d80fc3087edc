"""Many visitors at once: each gets their own text, may leave at any time, and nothing stays behind."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from genai.text.request import TextRequest
from genai.text.sampling import generate, start_draft
from genai.text.scheduler import Scheduler


def last(texts):
    return list(texts)[-1]


def idle(scheduler):
    """Whether the loop's thread has ended, soon."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not len(scheduler) and not any(t.name == "text-scheduler" for t in threading.enumerate()):
            return True
        time.sleep(0.01)
    return False


def test_thirty_sessions_get_their_own_texts(model):
    scheduler = Scheduler()
    requests = [TextRequest("abcdefghij"[n % 10] * (n + 1), length=50 + n, seed=n) for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        texts = list(pool.map(lambda request: last(scheduler.write(model, start_draft(model, request))), requests))
    assert texts == [generate(model, [request])[0].text for request in requests]
    assert idle(scheduler)


def test_a_text_grows(model):
    seen = list(Scheduler().write(model, start_draft(model, TextRequest(length=5000, seed=1))))
    assert len(seen[-1]) == 5000
    assert all(longer.startswith(shorter) for shorter, longer in pairwise(seen))


def test_closing_frees_the_place_and_others_go_on(model):
    scheduler = Scheduler()
    leaving = scheduler.write(model, start_draft(model, TextRequest(length=5000, seed=1)))
    next(leaving)
    assert len(scheduler) == 1
    leaving.close()
    request = TextRequest("abc", length=30, seed=2)
    assert last(scheduler.write(model, start_draft(model, request))) == generate(model, [request])[0].text
    assert idle(scheduler)


def test_what_fails_is_told_to_all_of_the_model_and_forgotten(model, monkeypatch):
    scheduler = Scheduler()
    with monkeypatch.context() as patch:
        patch.setattr(model.loop, "write", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
        with pytest.raises(RuntimeError, match="out of memory"):
            last(scheduler.write(model, start_draft(model, TextRequest(length=5))))
    request = TextRequest(length=5)
    assert last(scheduler.write(model, start_draft(model, request))) == generate(model, [request])[0].text
